/* 06_links.c - a link checker under a profiler: reads a site over HTTP and says which links are broken.

   Shows: requests that a program makes (adapters/hotpath_curl.h): by endpoint how many, which statuses,
   and how much of their time is name lookup, connecting, TLS and waiting for the first byte.

   Begins with one page, follows the links of that host breadth first, each page once, and fetches
   nothing else. With --every it starts again after so many seconds, until Ctrl-C.

   Build:  cc -O2 -DHOTPATH -I. examples/06_links.c -o links -lcurl -lpthread
   Run:    ./links [--every SECONDS] http://localhost:8000/
           the exit code is 1 if a link is broken */
#define HOTPATH_IMPLEMENTATION
#include "hotpath.h"

#if defined(__has_include)
    #if !__has_include(<curl/curl.h>)
        #error "this example needs libcurl: apt install libcurl4-openssl-dev"
    #endif
#endif
#include "adapters/hotpath_curl.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    PAGES_MAX = 1000,
    PAGE_SIZE_MAX = 4 << 20, /* the rest of a longer page is not read */
    TIMEOUT_S = 20
};

typedef struct page {
    char* data;
    size_t size;
} page_t;

/* The pages of one round: those before `next` have been read. */
typedef struct site {
    CURL* curl;
    char* urls[PAGES_MAX];
    int count;
    int next;
    int broken;
    char root[512]; /* scheme and host, without the slash after them */
} site_t;

static volatile sig_atomic_t ended;

static void on_signal(int number) {
    (void)number;
    ended = 1;
}

static size_t on_data(char* data, size_t one, size_t size, void* user) {
    page_t* const page = (page_t*)user;
    (void)one;
    if (page->size + size > PAGE_SIZE_MAX) return 0;
    char* const grown = (char*)realloc(page->data, page->size + size + 1);
    if (grown == NULL) return 0;
    memcpy(grown + page->size, data, size);
    page->data = grown;
    page->size += size;
    page->data[page->size] = 0;
    return size;
}

/* Adds a URL that is not known yet. */
static void add_url(site_t* site, const char* url, size_t size) {
    for (int i = 0; i < site->count; i++)
        if (strlen(site->urls[i]) == size && memcmp(site->urls[i], url, size) == 0) return;
    if (site->count == PAGES_MAX) return;
    char* const copy = (char*)malloc(size + 1);
    if (copy == NULL) return;
    memcpy(copy, url, size);
    copy[size] = 0;
    site->urls[site->count++] = copy;
}

/* A link as it stands in a page: absolute, from the root, or from the page. Others lead elsewhere. */
static void add_link(site_t* site, const char* page, const char* link, size_t size) {
    char url[2048];
    const size_t root = strlen(site->root);
    const size_t path = strcspn(page + root, "?#");
    size_t folder = root + path, scheme = strcspn(link, ":/?#\"");
    size = strcspn(link, "#\"") < size ? strcspn(link, "#\"") : size;
    if (size == 0) return;
    while (folder > root && page[folder - 1] != '/')
        folder--;
    if (size >= root && memcmp(link, site->root, root) == 0) {
        add_url(site, link, size);
        return;
    }
    if (link[scheme] == ':' || (link[0] == '/' && link[1] == '/')) return;
    if (link[0] == '/') folder = root;
    if (link[0] == '?') folder = root + path;
    const int length = snprintf(url, sizeof url, "%.*s%.*s", (int)folder, page, (int)size, link);
    if (length > 0 && length < (int)sizeof url) add_url(site, url, (size_t)length);
}

static void find_links(site_t* site, const char* page, const char* text) {
    HOTPATH_FUNC();
    for (const char* at = text; (at = strstr(at, "href=\"")) != NULL;) {
        at += 6;
        const char* const end = strchr(at, '"');
        if (end == NULL) return;
        add_link(site, page, at, (size_t)(end - at));
    }
}

static void check_page(site_t* site, const char* url) {
    HOTPATH_FUNC();
    page_t page = {NULL, 0};
    long status = 0;
    curl_easy_setopt(site->curl, CURLOPT_URL, url);
    curl_easy_setopt(site->curl, CURLOPT_WRITEDATA, &page);
    const CURLcode code = hotpath_curl_perform(site->curl, "GET");
    curl_easy_getinfo(site->curl, CURLINFO_RESPONSE_CODE, &status);
    if (code != CURLE_OK || status >= 400) {
        printf("broken: %s: %s", url, code != CURLE_OK ? curl_easy_strerror(code) : "status");
        printf(status != 0 ? " %ld\n" : "\n", status);
        site->broken++;
    } else if (page.data != NULL) {
        find_links(site, url, page.data);
    }
    free(page.data);
}

/* Returns: how many links are broken. */
static int check_site(CURL* curl, const char* start) {
    HOTPATH_FUNC();
    static site_t site;
    memset(&site, 0, sizeof site);
    site.curl = curl;
    const char* const host = strstr(start, "://");
    const size_t root = host == NULL ? 0 : (size_t)(host + 3 - start) + strcspn(host + 3, "/");
    if (root < sizeof site.root) memcpy(site.root, start, root);
    add_url(&site, start, strlen(start));
    while (site.next < site.count && !ended)
        check_page(&site, site.urls[site.next++]);
    printf("%d pages, %d broken\n", site.next, site.broken);
    fflush(stdout);
    for (int i = 0; i < site.count; i++)
        free(site.urls[i]);
    return site.broken;
}

static void wait_for(double seconds) {
    HOTPATH_FUNC();
    struct timespec t;
    t.tv_sec = (time_t)seconds;
    t.tv_nsec = (long)((seconds - (double)t.tv_sec) * 1e9);
    nanosleep(&t, NULL);
}

int main(int argc, char** argv) {
    HOTPATH_MAIN();
    const bool again = argc > 2 && strcmp(argv[1], "--every") == 0;
    const double seconds = again ? strtod(argv[2], NULL) : 0;
    const char* const start = argv[again ? 3 : 1];
    if (argc != (again ? 4 : 2) || strstr(start, "://") == NULL || seconds < 0 || seconds > 1e6) {
        fprintf(stderr, "usage: %s [--every SECONDS] URL\n", argv[0]);
        return 2;
    }
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_signal;
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    CURL* const curl = curl_easy_init();
    if (curl == NULL) return 2;
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_data);
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)TIMEOUT_S);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    int broken = check_site(curl, start);
    while (again && !ended) {
        wait_for(seconds);
        if (!ended) broken = check_site(curl, start);
    }
    curl_easy_cleanup(curl);
    curl_global_cleanup();
    return broken == 0 ? 0 : 1;
}
