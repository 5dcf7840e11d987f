/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Prints the rule table, tab-separated; rules-page reads it. `rule` has a row's own columns, `setting` those of one. */
#include "quaywarden/rules.h"

#include <stdio.h>

static const char *const styles[] = {
    [QW_RESTRICTS] = "restricts",
    [QW_DEMANDS] = "demands",
    [QW_FIXED] = "fixed",
};

static const char *const types[] = {
    [QW_SETTING_WORDS] = "words",
    [QW_SETTING_PATTERNS] = "patterns of names",
    [QW_SETTING_PATHS] = "paths",
    [QW_SETTING_BINDS] = "paths, each with its terms",
    [QW_SETTING_IMAGES] = "images",
    [QW_SETTING_SECCOMP] = "names, `default` and `file:PATH`",
    [QW_SETTING_RANGES] = "ranges",
    [QW_SETTING_ADDRESSES] = "addresses and subnets",
    [QW_SETTING_LIMITS] = "numbers by name",
    [QW_SETTING_CHOICE] = "one of",
    [QW_SETTING_FLAG] = "true or false",
    [QW_SETTING_SIZE] = "a size",
    [QW_SETTING_CPUS] = "a number of CPUs",
    [QW_SETTING_NUMBER] = "a number",
};

static const char *text(const char *column)
{
    return column ? column : "";
}

int main(void)
{
    for (size_t i = 0; i < qw_rule_count; i++) {
        const struct qw_rule *rule = &qw_rules[i];

        printf("rule\t%s\t%s\t%s\t%s\t%s\t%s\n", rule->id, styles[rule->style], text(rule->cis), text(rule->pss),
               rule->practices, rule->covers);
        for (size_t k = 0; k < QW_SETTINGS_MAX && rule->settings[k].name; k++)
            printf("setting\t%s\t%s\t%s\n", rule->settings[k].name, types[rule->settings[k].type],
                   text(rule->settings[k].words));
    }
    return 0;
}
