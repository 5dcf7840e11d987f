/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes as an image reference. One that is read has a name of the engine's alphabet, and the normalised reference
 * is read as itself: a policy that lists what it was shown lists what was meant.
 */
#include "fuzz.h"

static void write_reference(struct qw_buf *out, const struct qw_image_name *image)
{
    qw_buf_add_text(out, image->name);
    if (image->tag.data) {
        qw_buf_add_text(out, ":");
        qw_buf_add_bytes(out, image->tag);
    }
    if (image->digest.data) {
        qw_buf_add_text(out, "@");
        qw_buf_add_bytes(out, image->digest);
    }
    FUZZ_CHECK(!out->failed);
}

static void check_name(const char *name)
{
    const char *slash = strchr(name, '/');

    FUZZ_CHECK(slash && slash > name && slash[1]);
    FUZZ_CHECK(strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.:[]-_/") == strlen(name));
    FUZZ_CHECK(strspn(slash, "abcdefghijklmnopqrstuvwxyz0123456789.-_/") == strlen(slash));
    FUZZ_CHECK(!strstr(name, "//") && !strstr(name, "..") && name[strlen(name) - 1] != '/');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    QW_AUTO(buf) struct qw_buf text = {0};
    QW_AUTO(buf) struct qw_buf text_again = {0};
    const struct qw_bytes in = {(const char *)data, size};
    const enum qw_image_id id = qw_image_find_id(in);
    struct qw_image_name image;
    struct qw_image_name again;

    if (!qw_image_read(in, &image))
        return 0;
    FUZZ_CHECK(id != QW_IMAGE_ID_WHOLE);
    check_name(image.name);
    write_reference(&text, &image);
    FUZZ_CHECK(qw_image_read(qw_buf_bytes(&text), &again));
    FUZZ_CHECK(strcmp(image.name, again.name) == 0);
    FUZZ_CHECK(qw_bytes_eq(image.tag, again.tag) && qw_bytes_eq(image.digest, again.digest));
    write_reference(&text_again, &again);
    FUZZ_CHECK(qw_bytes_eq(qw_buf_bytes(&text), qw_buf_bytes(&text_again)));
    FUZZ_CHECK(qw_image_find_id(qw_buf_bytes(&text)) == QW_IMAGE_ID_NONE);
    return 0;
}
