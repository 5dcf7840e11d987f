# SPDX-License-Identifier: GPL-3.0-or-later
"""The proofs, and the faults that they have to find."""
import dataclasses

BYTES = "plugin/base/bytes.c"
ESCAPE = "plugin/base/escape.c"
BASE64 = "plugin/message/base64.c"
JSON = "plugin/message/json.c"
FOLD = "plugin/message/fold.c"
URI = "plugin/request/uri.c"
PATH = "plugin/facts/path.c"
NUMBER = "plugin/rules/number.c"
OUTSIDE = "outside object bounds"

# Loops that end sooner than the input does, and how often they are unwound. That it is enough is proven too.
UNWIND = {
    "strchr.0": lambda length: 10,
    "qw_utf8_length.0": lambda length: 3,
    "hex4.0": lambda length: 5,
    "find_special.0": lambda length: length // 8 + 2,
    "proof_encoded_decodes_to_the_input.0": lambda length: (length + 2) // 3 * 4 + 1,
    "fold_of.0": lambda length: 60,
    "decode.0": lambda length: 3 * length + 1,
    "memchr.0": lambda length: 3 * length + 1,
    "memcmp.0": lambda length: length + 1,
    "strncasecmp.0": lambda length: 9,
    "qw_size_read.0": lambda length: 6,
    "qw_json_keys_fold_alike.0": lambda length: 5,
    "qw_cpus_read.0": lambda length: 10,
    "proof_sizes_do_not_wrap.0": lambda length: 6,
}
ESCAPED = ("decode.0", "memchr.0", "memcmp.0")
STRINGS = ("strchr.0", "qw_utf8_length.0", "hex4.0", "find_special.0")


@dataclasses.dataclass
class Proof:
    name: str
    file: str
    most: int            # the longest input, in bytes
    least: int = 0
    sources: tuple = ()  # besides what the file includes
    loops: tuple = ()    # of UNWIND
    slow: bool = False   # takes more than a minute

    def unwind(self, length):
        return {loop: UNWIND[loop](length) for loop in self.loops}

    def bound(self):
        return f"{self.least} to {self.most} bytes" if self.most > self.least else f"{self.most} bytes"


@dataclasses.dataclass
class Mutant:
    proof: str
    length: int
    source: str
    old: str
    new: str
    found: str  # a part of what CBMC says of it


PROOFS = [
    Proof("proof_every_code_point_has_one_encoding", "proof_utf8.c", 4, 4),
    Proof("proof_what_is_read_is_an_encoding", "proof_utf8.c", 6),
    Proof("proof_decoded_encodes_to_the_input", "proof_base64.c", 16),
    Proof("proof_encoded_decodes_to_the_input", "proof_base64.c", 12, loops=("proof_encoded_decodes_to_the_input.0",)),
    Proof("proof_special_bytes_are_found", "proof_json.c", 18, sources=(ESCAPE,), loops=("find_special.0",)),
    Proof("proof_space_is_skipped", "proof_json.c", 16, sources=(ESCAPE,)),
    Proof("proof_four_digits_are_a_number", "proof_json.c", 6, sources=(ESCAPE,), loops=("hex4.0",)),
    Proof("proof_unicode_escapes_are_characters", "proof_json.c", 12, 1, sources=(ESCAPE,), loops=STRINGS),
    Proof("proof_strings_are_read", "proof_json.c", 5, 1, sources=(ESCAPE,), loops=STRINGS),
    Proof("proof_folding_is_the_table", "proof_fold.c", 4, 4, sources=(ESCAPE,),
          loops=("fold_of.0", "qw_json_keys_fold_alike.0")),
    Proof("proof_folding_stays_within_the_key", "proof_fold.c", 8, sources=(ESCAPE,)),
    Proof("proof_keys_are_alike_by_letters", "proof_fold.c", 8, sources=(ESCAPE,)),
    Proof("proof_escapes_are_decoded", "proof_uri.c", 8, sources=(BYTES, ESCAPE)),
    Proof("proof_what_is_escaped_comes_back", "proof_uri.c", 4, sources=(BYTES, ESCAPE), loops=ESCAPED),
    Proof("proof_paths_are_plain", "proof_uri.c", 9, sources=(BYTES, ESCAPE), loops=("qw_utf8_length.0",)),
    Proof("proof_origin_form_is_a_path", "proof_uri.c", 12, sources=(BYTES, ESCAPE), loops=("strncasecmp.0",)),
    Proof("proof_cleaned_paths_are_clean", "proof_path.c", 7, sources=(BYTES,)),
    Proof("proof_clean_paths_stay", "proof_path.c", 5, sources=(BYTES,)),
    Proof("proof_within_goes_by_components", "proof_path.c", 8, sources=(BYTES,)),
    Proof("proof_a_digit_is_added_or_refused", "proof_number.c", 1, 1, sources=(BYTES,)),
    Proof("proof_numbers_are_digits", "proof_number.c", 22, sources=(BYTES,)),
    Proof("proof_sizes_do_not_wrap", "proof_number.c", 22, sources=(BYTES,),
          loops=("strchr.0", "qw_size_read.0", "proof_sizes_do_not_wrap.0")),
    Proof("proof_processors_do_not_wrap", "proof_number.c", 22, sources=(BYTES,), loops=("qw_cpus_read.0",)),
    Proof("proof_ranges_have_an_order", "proof_number.c", 10, sources=(BYTES,)),
    Proof("proof_integers_are_digits", "proof_number.c", 22, sources=(BYTES,)),
    Proof("proof_strings_are_read", "proof_json.c", 8, 6, sources=(ESCAPE,), loops=STRINGS, slow=True),
    Proof("proof_cleaned_paths_are_clean", "proof_path.c", 9, 8, sources=(BYTES,), slow=True),
    Proof("proof_numbers_are_those_of_the_grammar", "proof_json.c", 10, sources=(ESCAPE,)),
]

# Faults of the kinds that happen: one too many, one too few, a check left out.
MUTANTS = [
    Mutant("proof_every_code_point_has_one_encoding", 4, ESCAPE, "c < 0x800)", "c <= 0x800)", "assertion"),
    Mutant("proof_what_is_read_is_an_encoding", 2, ESCAPE, "len < need ||", "", OUTSIDE),
    Mutant("proof_what_is_read_is_an_encoding", 3, ESCAPE, "p[0] == 0xe0 ? 0xa0 : 0x80", "0x80", "assertion"),
    Mutant("proof_decoded_encodes_to_the_input", 4, BASE64, "in.len / 4 * 3 + 1", "in.len / 4 * 3", OUTSIDE),
    Mutant("proof_decoded_encodes_to_the_input", 4, BASE64, "!(b & 0x0f)", "!(b & 0x07)", "assertion"),
    Mutant("proof_decoded_encodes_to_the_input", 6, BASE64, "in.len % 4", "in.len % 2", OUTSIDE),
    Mutant("proof_encoded_decodes_to_the_input", 4, BASE64, "i + 4 < in.len", "i + 4 <= in.len", "assertion"),
    Mutant("proof_special_bytes_are_found", 7, JSON, "end - p >= 8", "end - p >= 7", OUTSIDE),
    Mutant("proof_special_bytes_are_found", 8, JSON, "ones * 0x20", "ones * 0x1f", "assertion"),
    Mutant("proof_space_is_skipped", 1, JSON, "*r->at == ' ' ||", "*r->at <= ' ' ||", "assertion"),
    Mutant("proof_four_digits_are_a_number", 3, JSON, "end - p < 4", "end - p < 3", OUTSIDE),
    Mutant("proof_unicode_escapes_are_characters", 5, JSON, "if (c >= 0xdc00 &&", "if (c > 0xdc00 &&", "assertion"),
    Mutant("proof_unicode_escapes_are_characters", 5, JSON, "r->end - r->at < 6 ||", "", OUTSIDE),
    Mutant("proof_strings_are_read", 4, JSON, "++p == end", "++p == end + 1", OUTSIDE),
    Mutant("proof_strings_are_read", 4, JSON, "(size_t)(close - begin) + 1)", "(size_t)(close - begin) - 2)", OUTSIDE),
    Mutant("proof_numbers_are_those_of_the_grammar", 2, JSON, "!take(r, '0') && !digits(r)", "!digits(r)", "assertion"),
    Mutant("proof_folding_is_the_table", 4, FOLD, "p[2] == 0xaa", "p[2] >= 0xaa", "assertion"),
    Mutant("proof_folding_is_the_table", 4, FOLD, "c <= 'Z'", "c <= '['", "assertion"),
    Mutant("proof_folding_stays_within_the_key", 2, FOLD, "key->len >= 3", "key->len >= 2", OUTSIDE),
    Mutant("proof_keys_are_alike_by_letters", 2, FOLD, "a.len && b.len)", "a.len)", OUTSIDE),
    Mutant("proof_escapes_are_decoded", 2, URI, "in.len - i > 2", "in.len - i > 1", OUTSIDE),
    Mutant("proof_escapes_are_decoded", 3, URI, "if (low < 0)", "if (high < 0)", "assertion"),
    Mutant("proof_what_is_escaped_comes_back", 1, URI, "'a' + 10 : -1", "'a' + 9 : -1", "assertion"),
    Mutant("proof_paths_are_plain", 3, URI, 'qw_bytes_is(segment, ".") ||', "", "assertion"),
    Mutant("proof_origin_form_is_a_path", 7, URI, "target.len >= 8", "target.len >= 7", OUTSIDE),
    Mutant("proof_cleaned_paths_are_clean", 4, PATH, "used && out[--used]", "out[--used]", OUTSIDE),
    Mutant("proof_cleaned_paths_are_clean", 3, PATH, "path.len + 1))", "path.len))", OUTSIDE),
    Mutant("proof_cleaned_paths_are_clean", 3, PATH, '!component.len || ', "", "assertion"),
    Mutant("proof_clean_paths_stay", 4, PATH, 'qw_bytes_is(component, "."))', 'qw_bytes_is(component, "..."))',
           "assertion"),
    Mutant("proof_within_goes_by_components", 3, PATH, "path.len == folder.len || ", "", OUTSIDE),
    Mutant("proof_a_digit_is_added_or_refused", 1, NUMBER, "(INT64_MAX - digit) / 10", "INT64_MAX / 10", "overflow"),
    Mutant("proof_a_digit_is_added_or_refused", 1, NUMBER, "(INT64_MAX - digit) / 10", "(INT64_MAX - 9) / 10",
           "assertion"),
    Mutant("proof_numbers_are_digits", 19, NUMBER, "*number > (INT64_MAX - digit) / 10", "false", "overflow"),
    Mutant("proof_sizes_do_not_wrap", 17, NUMBER, "size > INT64_MAX / KIBI", "size > INT64_MAX", "overflow"),
    Mutant("proof_processors_do_not_wrap", 12, NUMBER, "i < fraction.len ?", "i <= fraction.len ?", OUTSIDE),
    Mutant("proof_ranges_have_an_order", 3, NUMBER, "range.low > range.high || ", "", "assertion"),
    Mutant("proof_integers_are_digits", 1, BYTES, "if (start == a.len)", "if (!a.len)", "assertion"),
]
