# SPDX-License-Identifier: GPL-3.0-or-later
# cmake -DIN=FILE -DOUT=FILE.c -DNAME=SYMBOL -P embed.cmake
# Writes a C file with the bytes of IN as `const char SYMBOL[]` and their number as `const size_t SYMBOL_len`.
file(READ ${IN} hex HEX)
string(REGEX REPLACE "(................................)" "\\1\n" hex "${hex}")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
get_filename_component(source ${IN} NAME)
file(WRITE ${OUT}
"/* Generated from ${source}. */
#include <stddef.h>
extern const char ${NAME}[];
extern const size_t ${NAME}_len;
const char ${NAME}[] = {
${bytes}
};
const size_t ${NAME}_len = sizeof(${NAME});
")
