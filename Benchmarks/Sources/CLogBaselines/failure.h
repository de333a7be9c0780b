#ifndef CLOGBASELINES_FAILURE_H
#define CLOGBASELINES_FAILURE_H

#include <stdint.h>

// The text of a failure: what was tried, and why it did not work.
const char *clb_failed(const char *operation, const char *reason);
const char *clb_failed_errno(const char *operation);

#endif
