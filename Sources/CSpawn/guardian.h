// What the guardian and its parent agree on.

#ifndef CSPAWN_GUARDIAN_H
#define CSPAWN_GUARDIAN_H

#include "CSpawn.h"

enum guardian_report_kind { REPORT_STARTED = 1, REPORT_FAILED = 2, REPORT_EXITED = 3 };

// One datagram from the guardian.
struct guardian_report {
    int32_t kind;
    int32_t first;  // started: pid; failed: stage; exited: 1 for a status, 0 for a signal
    int32_t second; // failed: errno; exited: the status or signal
};

struct guardian_descriptors {
    int socket, parent_pidfd, child_input, child_output, child_errors;
};

// Runs in the forked child and never returns. Only async-signal-safe calls: the process was forked from one
// with many threads.
__attribute__((noreturn)) void
guardian_main(const struct cspawn_request *request, struct guardian_descriptors descriptors);

#endif
