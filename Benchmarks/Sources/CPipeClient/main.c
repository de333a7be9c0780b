// The least that drives Chrome on its pipe: what Weir's calls and launches are measured against.
//
//     CPipeClient launch|calls|detect|memory SCRIPT PROGRAM ARGUMENT...
//
// SCRIPT is a file that defines `peer.matmul()`. Figures are printed as one JSON object; `memory` prints `ready` once
// its browser has a result, and ends when its standard input does.

#include "page.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WARM_UP = 300, CALLS = 3000, DEPTH = 64, DEEP_CALLS = 40000 };

static char *read_file(const char *path) {
    FILE *file = fopen(path, "r");
    if (file == NULL) fail(path);
    char *text = NULL;
    size_t length = 0, room = 0;
    do {
        room = room * 2 + 4096;
        text = realloc(text, room);
        if (text == NULL) fail("realloc");
        length += fread(text + length, 1, room - length - 1, file);
    } while (length == room - 1);
    text[length] = 0;
    fclose(file);
    return text;
}

// Starts a browser and waits for its first result. Gives the milliseconds that it took.
static double launch(struct browser *browser, struct page *page, char *const *command, const char *script) {
    uint64_t began = now();
    browser_start(browser, command);
    page_open(page, browser);
    char *answer = page_answer(page, page_queue_evaluation(page, script));
    errno = EPROTO;
    if (answer == NULL || strstr(answer, "\"value\":true") == NULL) fail("no result");
    return (double)(now() - began) / 1e6;
}

static int ascending(const void *left, const void *right) {
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

// Calls one after the other, and prints their median and 99th percentile.
static void measure_round_trips(struct page *page, const char *name, uint64_t (*call)(struct page *)) {
    static uint64_t took[CALLS];
    for (int i = -WARM_UP; i < CALLS; i++) {
        uint64_t began = now();
        if (page_answer(page, call(page)) == NULL) fail("the browser ended");
        if (i >= 0) took[i] = now() - began;
    }
    qsort(took, CALLS, sizeof *took, ascending);
    printf("\"%s_p50_us\":%.1f,\"%s_p99_us\":%.1f,", name, (double)took[CALLS / 2] / 1e3, name,
           (double)took[CALLS * 99 / 100] / 1e3);
}

static uint64_t call_evaluate(struct page *page) { return page_queue_evaluation(page, "1"); }

static uint64_t call_version(struct page *page) {
    page->last_id += 1;
    browser_queue(page->browser, "{\"id\":%" PRIu64 ",\"method\":\"Browser.getVersion\",\"params\":{}}", page->last_id);
    return page->last_id;
}

// Keeps so many calls under way, and gives how many are answered in a second.
static double measure_depth(struct page *page) {
    uint64_t began = now();
    int asked = 0, answered = 0;
    while (answered < DEEP_CALLS) {
        for (; asked < DEEP_CALLS && asked - answered < DEPTH; asked++) page_queue_evaluation(page, "1");
        browser_flush(page->browser);
        do {
            char *message = browser_receive(page->browser);
            if (message == NULL) fail("the browser ended");
            answered += strncmp(message, "{\"id\":", 6) == 0;
        } while (browser_has_message(page->browser));
    }
    return DEEP_CALLS / ((double)(now() - began) / 1e9);
}

static void detect(struct page *page) {
    page_queue_evaluation(page, "new Promise(() => {})");
    browser_flush(page->browser);
    // The browser is to have begun with the call.
    usleep(50000);
    uint64_t began = now();
    kill(page->browser->pid, SIGKILL);
    while (browser_receive(page->browser) != NULL) continue;
    printf("{\"detect_ms\":%.3f}\n", (double)(now() - began) / 1e6);
}

int main(int count, char **arguments) {
    if (count < 4) {
        fprintf(stderr, "usage: CPipeClient launch|calls|detect|memory SCRIPT PROGRAM ARGUMENT...\n");
        return 2;
    }
    const char *row = arguments[1];
    char *text = read_file(arguments[2]);
    size_t length = strlen(text);
    text = realloc(text, length + 32);
    if (text == NULL) fail("realloc");
    strcpy(text + length, "\npeer.matmul()");
    char *script = json_escaped(text);
    free(text);
    signal(SIGPIPE, SIG_IGN);

    struct browser browser;
    struct page page;
    double launched = launch(&browser, &page, arguments + 3, script);
    free(script);
    if (strcmp(row, "launch") == 0) {
        printf("{\"launch_ms\":%.3f}\n", launched);
    } else if (strcmp(row, "calls") == 0) {
        printf("{");
        measure_round_trips(&page, "evaluate", call_evaluate);
        measure_round_trips(&page, "version", call_version);
        printf("\"deep_per_s\":%.0f}\n", measure_depth(&page));
    } else if (strcmp(row, "detect") == 0) {
        detect(&page);
    } else if (strcmp(row, "memory") == 0) {
        puts("ready");
        fflush(stdout);
        while (getchar() != EOF) continue;
    } else {
        fprintf(stderr, "no row is called %s\n", row);
        browser_end(&browser);
        return 2;
    }
    browser_end(&browser);
    return 0;
}
