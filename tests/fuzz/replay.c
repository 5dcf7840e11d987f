/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A fuzz target without a fuzzer: judges the files that it is given, and all files of the folders that it is given. */
#include "fuzz.h"

#include <dirent.h>

#define INPUT_MAX ((size_t)1 << 20)

static int judge_file(const char *path)
{
    QW_AUTO(heap) char *text = NULL;
    QW_AUTO(heap) char *exact = NULL;
    struct qw_err err;
    size_t len;

    if (qw_file_read(path, INPUT_MAX, &text, &len, &err) < 0) {
        fprintf(stderr, "%s\n", err.msg);
        return -1;
    }
    fprintf(stderr, "%s\n", path); /* ahead, so that the last one named is the one that failed */
    exact = fuzz_copy((struct qw_bytes){text, len});
    LLVMFuzzerTestOneInput((const uint8_t *)exact, len);
    return 1;
}

/* How many inputs were judged; -1 where one could not be read. */
static int judge(const char *path)
{
    struct dirent **entries;
    const int count = scandir(path, &entries, NULL, alphasort);
    int judged = 0;

    if (count < 0)
        return judge_file(path);
    for (int i = 0; i < count; i++) {
        QW_AUTO(heap) char *file = NULL;

        if (entries[i]->d_name[0] != '.' && judged >= 0) {
            FUZZ_CHECK(asprintf(&file, "%s/%s", path, entries[i]->d_name) > 0);
            judged = judge_file(file) < 0 ? -1 : judged + 1;
        }
        free(entries[i]);
    }
    free(entries);
    return judged;
}

int main(int argc, char **argv)
{
    int total = 0;

    for (int i = 1; i < argc; i++) {
        const int judged = judge(argv[i]);

        if (judged < 0)
            return 1;
        total += judged;
    }
    printf("%d inputs judged\n", total);
    return total > 0 ? 0 : 1; /* a corpus that is not there proves nothing */
}
