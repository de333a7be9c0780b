#include "page.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// `<!doctype html><title>peer</title>` in base64.
#define DOCUMENT "PCFkb2N0eXBlIGh0bWw+PHRpdGxlPnBlZXI8L3RpdGxlPg=="
#define ORIGIN "https://peer.invalid/"

// The id of an answer; 0 of an event. Chrome writes the id first.
static uint64_t id_of(const char *message) {
    static const char prefix[] = "{\"id\":";
    return strncmp(message, prefix, sizeof prefix - 1) == 0 ? strtoull(message + sizeof prefix - 1, NULL, 10) : 0;
}

static void copy_string(const char *message, const char *member, char *to, size_t room) {
    const char *found = strstr(message, member);
    if (found == NULL) fail(message);
    size_t length = strcspn(found + strlen(member), "\"");
    if (length >= room) fail(message);
    memcpy(to, found + strlen(member), length);
    to[length] = 0;
}

static char *checked(char *message) {
    errno = EPROTO;
    if (strstr(message, "\"error\":{") != NULL || strstr(message, "\"exceptionDetails\":") != NULL) fail(message);
    return message;
}

char *page_answer(struct page *page, uint64_t id) {
    browser_flush(page->browser);
    char *message;
    do {
        message = browser_receive(page->browser);
    } while (message != NULL && id_of(message) != id);
    return message == NULL ? NULL : checked(message);
}

static char *needed(char *message) {
    errno = EPIPE;
    if (message == NULL) fail("the browser ended");
    return message;
}

static uint64_t queue(struct page *page, const char *method, const char *parameters) {
    page->last_id += 1;
    browser_queue(page->browser, "{\"id\":%" PRIu64 ",\"sessionId\":\"%s\",\"method\":\"%s\",\"params\":%s}",
                  page->last_id, page->session, method, parameters);
    return page->last_id;
}

uint64_t page_queue_evaluation(struct page *page, const char *expression) {
    page->last_id += 1;
    browser_queue(page->browser,
                  "{\"id\":%" PRIu64 ",\"sessionId\":\"%s\",\"method\":\"Runtime.evaluate\",\"params\":"
                  "{\"expression\":\"%s\",\"awaitPromise\":true,\"returnByValue\":true,\"userGesture\":false}}",
                  page->last_id, page->session, expression);
    return page->last_id;
}

void page_open(struct page *page, struct browser *browser) {
    memset(page, 0, sizeof *page);
    page->browser = browser;
    page->last_id = 2;
    char target[64];
    browser_queue(browser, "{\"id\":1,\"method\":\"Target.createTarget\",\"params\":{\"url\":\"about:blank\"}}");
    copy_string(needed(page_answer(page, 1)), "\"targetId\":\"", target, sizeof target);
    browser_queue(browser,
                  "{\"id\":2,\"method\":\"Target.attachToTarget\",\"params\":{\"targetId\":\"%s\",\"flatten\":true}}",
                  target);
    copy_string(needed(page_answer(page, 2)), "\"sessionId\":\"", page->session, sizeof page->session);
    queue(page, "Fetch.enable", "{\"patterns\":[{\"urlPattern\":\"*\"}]}");
    // The renderer answers this one: navigating before it does, the page may load unseen.
    needed(page_answer(page, queue(page, "Page.enable", "{}")));
    uint64_t navigation = queue(page, "Page.navigate", "{\"url\":\"" ORIGIN "\"}");
    browser_flush(browser);
    // The document that it begins with may still be loading, too: what counts comes after the answer to the navigation.
    bool navigated = false;
    for (;;) {
        char *message = checked(needed(browser_receive(browser)));
        navigated |= id_of(message) == navigation;
        if (navigated && strstr(message, "\"method\":\"Page.loadEventFired\"") != NULL) return;
        if (strstr(message, "\"method\":\"Fetch.requestPaused\"") == NULL) continue;
        char request[128], parameters[512];
        copy_string(message, "\"requestId\":\"", request, sizeof request);
        snprintf(parameters, sizeof parameters,
                 "{\"requestId\":\"%s\",\"responseCode\":200,\"responseHeaders\":"
                 "[{\"name\":\"Content-Type\",\"value\":\"text/html\"}],\"body\":\"" DOCUMENT "\"}",
                 request);
        queue(page, "Fetch.fulfillRequest", parameters);
        browser_flush(browser);
    }
}

char *json_escaped(const char *text) {
    char *escaped = malloc(strlen(text) * 6 + 1), *next = escaped;
    if (escaped == NULL) fail("malloc");
    for (; *text != 0; text++) {
        unsigned char byte = (unsigned char)*text;
        if (byte == '"' || byte == '\\') {
            *next++ = '\\';
            *next++ = (char)byte;
        } else if (byte < 0x20) {
            next += sprintf(next, "\\u%04x", byte);
        } else {
            *next++ = (char)byte;
        }
    }
    *next = 0;
    return escaped;
}
