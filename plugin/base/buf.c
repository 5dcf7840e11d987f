/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "quaywarden/base.h"

#include <stdarg.h>

void qw_buf_fini(struct qw_buf *buf)
{
    free(buf->data);
    *buf = (struct qw_buf){0};
}

void qw_buf_reset(struct qw_buf *buf)
{
    buf->len = 0;
    buf->failed = false;
}

/* Room for len more bytes and a NUL; false turns the buffer failed. */
static bool reserve(struct qw_buf *buf, size_t len)
{
    size_t need;
    size_t cap = buf->cap ? buf->cap : 256;
    char *data;

    if (buf->failed || __builtin_add_overflow(buf->len, len, &need) || need > SIZE_MAX / 4) {
        buf->failed = true;
        return false;
    }
    if (need < buf->cap)
        return true;
    while (cap <= need)
        cap *= 2;
    data = realloc(buf->data, cap);
    if (!data) {
        buf->failed = true;
        return false;
    }
    buf->data = data;
    buf->cap = cap;
    return true;
}

void qw_buf_add(struct qw_buf *buf, const void *data, size_t len)
{
    if (!len || !reserve(buf, len))
        return;
    memcpy(buf->data + buf->len, data, len);
    buf->len += len;
}

void qw_buf_add_bytes(struct qw_buf *buf, struct qw_bytes bytes)
{
    qw_buf_add(buf, bytes.data, bytes.len);
}

void qw_buf_add_text(struct qw_buf *buf, const char *cstring)
{
    qw_buf_add(buf, cstring, strlen(cstring));
}

void qw_buf_add_int(struct qw_buf *buf, int64_t n)
{
    char digits[24];
    char *at = digits + sizeof(digits);
    uint64_t rest = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;

    do
        *--at = (char)('0' + rest % 10);
    while (rest /= 10);
    if (n < 0)
        *--at = '-';
    qw_buf_add(buf, at, (size_t)(digits + sizeof(digits) - at));
}

void qw_buf_printf(struct qw_buf *buf, const char *fmt, ...)
{
    va_list args;
    va_list again;
    int len;

    va_start(args, fmt);
    va_copy(again, args);
    len = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    if (len < 0)
        buf->failed = true;
    else if (reserve(buf, (size_t)len)) {
        vsnprintf(buf->data + buf->len, (size_t)len + 1, fmt, again);
        buf->len += (size_t)len;
    }
    va_end(again);
}

struct qw_bytes qw_buf_bytes(const struct qw_buf *buf)
{
    return (struct qw_bytes){buf->data, buf->len};
}
