/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What `docker top` hands to ps. The engine runs it on the host, as root, and shows those lines whose word below the
 * title PID is the number of one of the container's processes; where ps refuses to be given these numbers, as for `f`,
 * it is given none. So whoever chooses the columns chooses what is taken for the number: `-orss=PID axfeww -oargs` is
 * each process of the host that uses so much memory, with its environment, and so is a column of several words before
 * PID. The engine's own check knows neither.
 * Source: moby daemon/top_unix.go, 20.10 to 28.5; procps ps(1).
 */
#include "check.h"

/* Letters that are options on their own. */
#define PLAIN_LETTERS "AadefFjlLTHwyxurcv"

/* Columns of one word, and those that may have more: these have to stand behind PID. */
static const char narrow[] =
    "ppid pgid pgrp sid sess uid euid ruid user euser ruser uname gid egid rgid tty tt tname stat s state pcpu %cpu c "
    "pmem %mem rss rssize rsz vsz vsize sz size ni nice pri time cputime etime etimes times stime start_time nlwp "
    "thcount psr class cls policy lwp tid spid f flag flags";
static const char wide[] = "args cmd command comm ucmd ucomm fname start lstart";

struct reader {
    bool seen_pid;
    bool wants_columns; /* the next word is a list of them */
};

/* "pid,ppid,rss:8,args" */
static bool reads_columns(struct reader *r, struct qw_bytes list)
{
    struct qw_bytes piece;
    struct qw_bytes name;

    r->wants_columns = false;
    while (qw_bytes_split(&list, ',', &piece)) {
        int64_t width;

        qw_bytes_split(&piece, ':', &name);
        if (piece.data && !qw_number_read(piece, &width))
            return false;
        if (qw_bytes_is(name, "pid"))
            r->seen_pid = true;
        else if (!qw_word_in(narrow, name) && !(r->seen_pid && qw_word_in(wide, name)))
            return false;
    }
    return true;
}

/* A word of letters, in Unix's way with a dash and in BSD's without: "-ef", "aux", "-eo", "axopid,rss". */
static bool reads_letters(struct reader *r, struct qw_bytes word)
{
    for (size_t i = qw_bytes_starts(word, "-"); i < word.len; i++) {
        const struct qw_bytes rest = qw_bytes_from(word, i + 1);

        if (word.data[i] == 'o') {
            r->wants_columns = !rest.len;
            return !rest.len || reads_columns(r, rest);
        }
        if (!word.data[i] || !strchr(PLAIN_LETTERS, word.data[i]))
            return false;
    }
    return true;
}

/* "--sort=-rss,pid": sorting changes no column. */
static bool is_sorting(struct qw_bytes word)
{
    const size_t len = strlen("--sort=");

    return qw_bytes_starts(word, "--sort=") && word.len > len && !memchr(word.data + len, '=', word.len - len);
}

bool qw_shows_own_processes(struct qw_bytes options)
{
    struct reader r = {false, false};
    struct qw_bytes word;

    while (qw_bytes_split(&options, ' ', &word)) {
        if (!word.len)
            continue;
        if (r.wants_columns ? !reads_columns(&r, word)
                            : !is_sorting(word) && !qw_bytes_is(word, "--forest") && !reads_letters(&r, word))
            return false;
    }
    return true;
}
