/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "quaywarden/policy.h"

#include <ctype.h>

#define WORD_MAX 64

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static bool is_swap(const char *a, size_t i, const char *b, size_t j)
{
    return i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
}

/* Insertions, deletions, substitutions and swaps of neighbours that make b of a: optimal string alignment. */
static size_t edit_distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
    size_t rows[3][WORD_MAX + 1]; /* of the matrix, in turn */

    for (size_t j = 0; j <= b_len; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a_len; i++) {
        size_t *row = rows[i % 3];
        const size_t *above = rows[(i + 2) % 3];

        row[0] = i;
        for (size_t j = 1; j <= b_len; j++) {
            row[j] = least(above[j] + 1, row[j - 1] + 1);
            row[j] = least(row[j], above[j - 1] + (a[i - 1] != b[j - 1]));
            if (is_swap(a, i, b, j))
                row[j] = least(row[j], rows[(i + 1) % 3][j - 2] + 1);
        }
    }
    return rows[a_len % 3][b_len];
}

/* Copies a word in lower case; its length, or 0 where it is empty or too long to be a misspelling. */
static size_t fold(const char *word, char out[WORD_MAX])
{
    const size_t len = strlen(word);

    if (len > WORD_MAX)
        return 0;
    for (size_t i = 0; i < len; i++)
        out[i] = (char)tolower((unsigned char)word[i]);
    return len;
}

const char *qw_suggest(const char *word, const char *const *words)
{
    char wanted[WORD_MAX];
    char candidate[WORD_MAX];
    const size_t wanted_len = fold(word, wanted);
    size_t best = wanted_len / 3 + 1; /* a third of the letters may be wrong */
    const char *nearest = NULL;

    for (; wanted_len && *words; words++) {
        const size_t len = fold(*words, candidate);
        const size_t distance = len ? edit_distance(wanted, wanted_len, candidate, len) : best;

        if (distance < best) {
            best = distance;
            nearest = *words;
        }
    }
    return nearest;
}
