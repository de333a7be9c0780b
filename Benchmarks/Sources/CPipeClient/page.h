// A page on a virtual https origin, which is a secure context without any server.

#ifndef CPIPECLIENT_PAGE_H
#define CPIPECLIENT_PAGE_H

#include "pipe.h"

struct page {
    struct browser *browser;
    char session[64];
    uint64_t last_id;
};

// Opens a page and waits until it has loaded.
void page_open(struct page *page, struct browser *browser);

// Queues the evaluation of an expression, of which all that JSON escapes has been escaped; gives its id.
uint64_t page_queue_evaluation(struct page *page, const char *expression);

// The answer to a call, which must not be an error; everything that comes before it is passed over. NULL when the
// browser has ended.
char *page_answer(struct page *page, uint64_t id);

// A text with what JSON escapes escaped, to be freed.
char *json_escaped(const char *text);

#endif
