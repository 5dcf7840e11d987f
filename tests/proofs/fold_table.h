/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every character that has the same simple case folding as an ASCII letter. Made by fold_table; do not edit. */
#ifndef QUAYWARDEN_FOLD_TABLE_H
#define QUAYWARDEN_FOLD_TABLE_H

#include <stdint.h>

static const struct {
    uint32_t c;
    char letter;
} fold_table[] = {
    /* clang-format off */
    {0x0041, 'a'}, {0x0061, 'a'},
    {0x0042, 'b'}, {0x0062, 'b'},
    {0x0043, 'c'}, {0x0063, 'c'},
    {0x0044, 'd'}, {0x0064, 'd'},
    {0x0045, 'e'}, {0x0065, 'e'},
    {0x0046, 'f'}, {0x0066, 'f'},
    {0x0047, 'g'}, {0x0067, 'g'},
    {0x0048, 'h'}, {0x0068, 'h'},
    {0x0049, 'i'}, {0x0069, 'i'},
    {0x004a, 'j'}, {0x006a, 'j'},
    {0x004b, 'k'}, {0x006b, 'k'}, {0x212a, 'k'},
    {0x004c, 'l'}, {0x006c, 'l'},
    {0x004d, 'm'}, {0x006d, 'm'},
    {0x004e, 'n'}, {0x006e, 'n'},
    {0x004f, 'o'}, {0x006f, 'o'},
    {0x0050, 'p'}, {0x0070, 'p'},
    {0x0051, 'q'}, {0x0071, 'q'},
    {0x0052, 'r'}, {0x0072, 'r'},
    {0x0053, 's'}, {0x0073, 's'}, {0x017f, 's'},
    {0x0054, 't'}, {0x0074, 't'},
    {0x0055, 'u'}, {0x0075, 'u'},
    {0x0056, 'v'}, {0x0076, 'v'},
    {0x0057, 'w'}, {0x0077, 'w'},
    {0x0058, 'x'}, {0x0078, 'x'},
    {0x0059, 'y'}, {0x0079, 'y'},
    {0x005a, 'z'}, {0x007a, 'z'},
    /* clang-format on */
};

#endif
