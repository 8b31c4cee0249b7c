/* RECORDER: virtual */
/* Channels and streams: what went through, what is in them, and for how long. On a clock that only the
   test moves, so that every number is exact. */
#include "virtual_clock.h"
#include "hotpath.h"
#include "law.h"

/* ---- look-ups ----------------------------------------------------------------------------------- */

static hotpath_channel_row_t channel_at(
    const hotpath_snapshot_t* s, const char* label, const char* file, int line) {
    hotpath_channel_row_t rows[64];
    size_t count = hotpath_snapshot_channels(s, rows, 64);
    for (size_t i = 0; i < count && i < 64; i++)
        if (strcmp(rows[i].label, label) == 0) return rows[i];
    law_fail(file, line, "no channel \"%s\"", label);
}
#define channel_of(s, label) channel_at(s, label, __FILE__, __LINE__)

static hotpath_channel_row_t channel_now(const char* label) {
    hotpath_snapshot_t* s = law_take();
    hotpath_channel_row_t row = channel_of(s, label);
    law_check_quiet(s);
    hotpath_snapshot_free(s);
    return row;
}
static hotpath_stream_row_t stream_now(const char* label) {
    hotpath_snapshot_t* s = law_take();
    hotpath_stream_row_t rows[64];
    size_t count = hotpath_snapshot_streams(s, rows, 64);
    for (size_t i = 0; i < count && i < 64; i++) {
        if (strcmp(rows[i].label, label) != 0) continue;
        hotpath_snapshot_free(s);
        return rows[i];
    }
    law_fail(__FILE__, __LINE__, "no stream \"%s\"", label);
}
static const char* name_of(const hotpath_snapshot_t* s, uint32_t function) {
    size_t count;
    const hotpath_function_t* functions = hotpath_snapshot_functions(s, &count);
    return function < count ? functions[function].name : "none";
}

/* A queue of stamps, first in, first out. */
typedef struct fifo {
    uint64_t stamps[1000];
    size_t in, out;
    hotpath_channel_t channel;
} fifo_t;

static void put(fifo_t* q) { q->stamps[q->in++ % 1000] = hotpath_channel_sent(&q->channel, 1); }
static void take(fifo_t* q) {
    hotpath_channel_received(&q->channel, q->stamps[q->out++ % 1000], 1);
}

/* ---- channels ----------------------------------------------------------------------------------- */

static void stamped(void** state) {
    (void)state;
    static fifo_t q;
    HOTPATH_CHANNEL_CREATE(&q.channel, "stamped", 16);
    for (int i = 0; i < 10; i++) {
        HOTPATH_SCOPE("producer");
        put(&q);
        pass(10);
    }
    for (int i = 0; i < 6; i++) {
        HOTPATH_SCOPE("consumer");
        take(&q);
        pass(7);
    }
    { /* the last four wait for longer, and another party takes one of them */
        HOTPATH_SCOPE("cleaner");
        take(&q);
    }
    uint64_t sum = 0;
    for (uint64_t i = 0; i < 7; i++)
        sum += 100 + 7 * i - 10 * i;
    hotpath_snapshot_t* s = law_take();
    hotpath_channel_row_t row = channel_of(s, "stamped");
    CHECK_EQ(row.sent, 10);
    CHECK_EQ(row.received, 7);
    CHECK_EQ(row.depth, 3);
    CHECK_EQ(row.depth_max, 10);
    CHECK_EQ(row.capacity, 16);
    CHECK_EQ(row.instances, 1);
    CHECK_EQ(row.open_instances, 1);
    CHECK_EQ(row.closed_instances + row.dropped + row.excess + row.misused, 0);
    CHECK_EQ(row.delay_source, HOTPATH_DELAY_MESSAGE);
    size_t count;
    const hotpath_function_t* functions = hotpath_snapshot_functions(s, &count);
    CHECK_GT(count, row.delay_function);
    const hotpath_function_t* delay = &functions[row.delay_function];
    CHECK_TEXT(delay->name, "stamped (in the channel)");
    CHECK_EQ(delay->kind, HOTPATH_KIND_INTERVAL);
    CHECK_EQ(delay->completed, 7);
    CHECK_EQ(delay->sum_ticks, sum);
    CHECK_EQ(delay->total_ns, sum);
    CHECK_EQ(delay->min_ns, 100 - 18);
    CHECK_EQ(delay->max_ns, 100);
    CHECK_EQ((uint64_t)(row.delay_mean_ns * 7 + 0.5), sum);
    CHECK_EQ(hotpath_snapshot_percentile(s, delay, 100), 100);
    CHECK_EQ(row.producers_count, 1);
    CHECK_TEXT(name_of(s, row.producers[0].function), "producer");
    CHECK_EQ(row.producers[0].calls, 10);
    CHECK_EQ(row.consumers_count, 2);
    CHECK_TEXT(name_of(s, row.consumers[0].function), "consumer");
    CHECK_EQ(row.consumers[0].calls, 6);
    CHECK_TEXT(name_of(s, row.consumers[1].function), "cleaner");
    CHECK_EQ(row.consumers[1].calls, 1);
    law_check_quiet(s);
    hotpath_snapshot_free(s);
    CHECK_EQ(law_now("producer").total_ns, 100);
}

/* However many there are with one stamp, they take no longer than a few. */
static void many_at_once(void** state) {
    (void)state;
    static hotpath_channel_t c;
    static const uint64_t counts[] = {1, 2, 1000, 100000, (uint64_t)1 << 40};
    HOTPATH_CHANNEL_CREATE(&c, "bytes", 0);
    uint64_t all = 0;
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        uint64_t stamp = hotpath_channel_sent(&c, counts[i]);
        pass(10);
        hotpath_channel_received(&c, stamp, counts[i]);
        all += counts[i];
    }
    hotpath_snapshot_t* s = law_take();
    hotpath_channel_row_t row = channel_of(s, "bytes");
    size_t count;
    const hotpath_function_t* functions = hotpath_snapshot_functions(s, &count);
    const hotpath_function_t* delay = &functions[row.delay_function];
    CHECK_EQ(row.received, all);
    CHECK_EQ(row.delay_source, HOTPATH_DELAY_MESSAGE);
    CHECK_EQ(delay->completed, all);
    CHECK_EQ(delay->sum_ticks, 10 * all);
    CHECK_EQ(delay->max_ns, 10);
    CHECK_EQ(delay->total_error_ns, 0);
    CHECK_EQ(hotpath_snapshot_percentile(s, delay, 50), 10);
    hotpath_snapshot_free(s);
}
/* Without stamps the mean is that of all messages that were in it, also of those that still are, in
   whatever order they leave. */
static void littles_law(void** state) {
    (void)state;
    hotpath_channel_t c;
    HOTPATH_CHANNEL_CREATE(&c, "little", 0);
    uint64_t integral = 0, depth = 0;
    for (uint64_t i = 0; i < 200; i++) {
        uint64_t step = 3 + i * 7 % 11;
        if (i % 3 != 2)
            hotpath_channel_sent(&c, 1), depth++;
        else
            hotpath_channel_received(&c, 0, 1), depth--;
        integral += depth * step;
        pass(step);
    }
    hotpath_channel_dropped(&c, 8);
    depth -= 8;
    pass(5);
    integral += depth * 5;
    hotpath_channel_row_t row = channel_now("little");
    CHECK_EQ(row.delay_source, HOTPATH_DELAY_LITTLES_LAW);
    CHECK_EQ(row.depth, depth);
    CHECK_EQ(row.sent, row.received + row.dropped + row.depth);
    CHECK_EQ(row.dropped, 8);
    CHECK_EQ(row.capacity, 0);
    CHECK_EQ(row.producers_count, 1);
    CHECK_EQ(row.producers[0].function, HOTPATH_NO_FUNCTION);
    CHECK_EQ((uint64_t)(row.delay_mean_ns * (double)row.sent + 0.5), integral);
    /* One stamp is not enough for a mean by messages. */
    hotpath_channel_received(&c, hotpath_channel_sent(&c, 1), 1);
    CHECK_EQ(channel_now("little").delay_source, HOTPATH_DELAY_LITTLES_LAW);
}

static void batches(void** state) {
    (void)state;
    hotpath_channel_t c;
    HOTPATH_CHANNEL_CREATE(&c, "batches", 100);
    uint64_t stamp = hotpath_channel_sent(&c, 40);
    CHECK_EQ(hotpath_channel_sent(&c, 0), 0);
    pass(13);
    hotpath_channel_received(&c, stamp, 30);
    hotpath_channel_received(&c, stamp, 0);
    hotpath_snapshot_t* s = law_take();
    hotpath_channel_row_t row = channel_of(s, "batches");
    CHECK_EQ(row.sent, 40);
    CHECK_EQ(row.received, 30);
    CHECK_EQ(row.depth, 10);
    CHECK_EQ(row.depth_max, 40);
    CHECK_EQ(row.delay_source, HOTPATH_DELAY_MESSAGE);
    CHECK_EQ(law_function(s, "batches (in the channel)")->sum_ticks, 30 * 13);
    size_t count;
    const hotpath_flow_log_t* log = hotpath_snapshot_flow_logs(s, row.id, true, &count);
    CHECK_EQ(count, 1);
    CHECK_EQ(log[0].index, 0);
    CHECK_EQ(log[0].count, 30);
    CHECK_EQ(log[0].value, 13);
    hotpath_snapshot_free(s);
}

static void waits(void** state) {
    (void)state;
    hotpath_channel_t c;
    HOTPATH_CHANNEL_CREATE(&c, "waits", 1);
    hotpath_token_t wait;
    {
        HOTPATH_SCOPE("sender");
        hotpath_channel_wait(&c, HOTPATH_CHANNEL_SEND, &wait);
        pass(30);
        hotpath_end(&wait);
    }
    hotpath_channel_wait(&c, HOTPATH_CHANNEL_RECEIVE, &wait);
    pass(5);
    hotpath_snapshot_t* s = law_take();
    hotpath_channel_row_t row = channel_of(s, "waits");
    const hotpath_function_t* waiting = law_function(s, "waits (receive wait)");
    CHECK_EQ(waiting->open_calls, 1);
    CHECK_EQ(waiting->total_ns, 5);
    CHECK_EQ(waiting->kind, HOTPATH_KIND_WAIT);
    CHECK_TEXT(name_of(s, row.send_wait_function), "waits (send wait)");
    CHECK_TEXT(name_of(s, row.receive_wait_function), "waits (receive wait)");
    CHECK_EQ(law_function(s, "waits (send wait)")->total_ns, 30);
    CHECK_EQ(law_function(s, "sender")->self_ns, 0);
    hotpath_snapshot_free(s);
    hotpath_end(&wait);
    hotpath_channel_t none;
    memset(&none, 0, sizeof none);
    hotpath_channel_wait(&none, HOTPATH_CHANNEL_SEND, &wait);
    CHECK_EQ(wait.mark, 0);
    hotpath_end(&wait);
    CHECK_EQ(law_drops().foreign_ends, 0);
}

static void instances_fold(void** state) {
    (void)state;
    for (int i = 0; i < 1000; i++) {
        fifo_t q;
        q.in = q.out = 0;
        HOTPATH_CHANNEL_CREATE(&q.channel, "of a request", 4);
        put(&q), put(&q);
        pass(9);
        take(&q), take(&q);
        if (i < 998) hotpath_channel_closed(&q.channel);
    }
    hotpath_channel_row_t row = channel_now("of a request");
    CHECK_EQ(row.instances, 1000);
    CHECK_EQ(row.closed_instances, 998);
    CHECK_EQ(row.open_instances, 2);
    CHECK_EQ(row.capacity, 8);
    CHECK_EQ(row.sent, 2000);
    CHECK_EQ(row.depth_max, 2);
    CHECK_EQ(row.depth, 0);
    hotpath_channel_t unbounded;
    hotpath_channel_create(&unbounded, "of a request", 0, row.file, row.line);
    CHECK_EQ(channel_now("of a request").capacity, 0);
    hotpath_channel_closed(&unbounded);
    CHECK_EQ(channel_now("of a request").capacity, 8);
}

static hotpath_channel_t by_itself = HOTPATH_CHANNEL_INIT("by itself", 3);

static void misuse_is_told(void** state) {
    (void)state;
    hotpath_channel_t c;
    memset(&c, 0, sizeof c);
    CHECK_EQ(hotpath_channel_sent(&c, 1), 0); /* all zeros: nothing */
    hotpath_channel_received(&c, 77, 1);
    hotpath_channel_dropped(&c, 1);
    hotpath_channel_closed(&c);
    CHECK(hotpath_channel_sent(&by_itself, 1) != 0);
    hotpath_channel_received(&by_itself, 0, 3);
    hotpath_channel_row_t row = channel_now("by itself");
    CHECK_EQ(row.instances, 1);
    CHECK_EQ(row.capacity, 3);
    CHECK_EQ(row.sent, 1);
    CHECK_EQ(row.received, 3);
    CHECK_EQ(row.excess, 2);
    CHECK_EQ(row.depth, 0);
    CHECK_EQ(row.misused, 0);
    hotpath_channel_closed(&by_itself);
    hotpath_channel_closed(&by_itself);
    hotpath_channel_sent(&by_itself, 2);
    row = channel_now("by itself");
    CHECK_EQ(row.misused, 2);
    CHECK_EQ(row.closed_instances, 1);
    CHECK_EQ(row.excess, 0);
    HOTPATH_CHANNEL_CREATE(&c, "from nowhere", 1);
    hotpath_channel_sent(&c, 1);
    hotpath_channel_received(&c, virtual_ticks() + 9, 1); /* a stamp of the future: no time */
    CHECK_EQ((uint64_t)channel_now("from nowhere").delay_mean_ns, 0);
    CHECK_EQ(law_drops().negative_time, 1);
    hotpath_channel_create(&c, NULL, 0, NULL, 0);
    hotpath_channel_sent(&c, 1);
    CHECK_EQ(channel_now("(null)").sent, 1);
}

static void differences(void** state) {
    (void)state;
    static fifo_t q;
    HOTPATH_CHANNEL_CREATE(&q.channel, "window", 0);
    hotpath_channel_t little;
    HOTPATH_CHANNEL_CREATE(&little, "little window", 0);
    for (int i = 0; i < 5; i++)
        put(&q), hotpath_channel_sent(&little, 1);
    pass(100);
    take(&q), hotpath_channel_received(&little, 0, 1);
    hotpath_snapshot_t* older = law_take();
    pass(500);
    for (int i = 0; i < 20; i++)
        put(&q), hotpath_channel_sent(&little, 1);
    for (int i = 0; i < 4; i++)
        take(&q), hotpath_channel_received(&little, 0, 1);
    pass(500);
    hotpath_snapshot_t* newer = law_take();
    hotpath_snapshot_t* s = hotpath_snapshot_difference(newer, older, NULL);
    CHECK(s != NULL);
    hotpath_channel_row_t row = channel_of(s, "window");
    CHECK_EQ(row.instances, 0);
    CHECK_EQ(row.open_instances, 1);
    CHECK_EQ(row.sent, 20);
    CHECK_EQ(row.received, 4);
    CHECK_EQ(row.depth, 20);
    CHECK_EQ((uint64_t)(row.sent_per_sec + 0.5), 20 * 1000000);
    CHECK_EQ((uint64_t)(row.growth_per_sec + 0.5), 16 * 1000000);
    CHECK_EQ(row.delay_source, HOTPATH_DELAY_MESSAGE);
    CHECK_EQ(law_function(s, "window (in the channel)")->completed, 4);
    CHECK_EQ(law_function(s, "window (in the channel)")->total_ns, 4 * 600);
    CHECK_EQ(row.producers[0].calls, 20);
    size_t count;
    const hotpath_flow_log_t* log = hotpath_snapshot_flow_logs(s, row.id, false, &count);
    CHECK_EQ(count, 20);
    CHECK_EQ(log[0].index, 24);
    CHECK_EQ(log[19].index, 5);
    row = channel_of(s, "little window");
    CHECK_EQ(row.delay_source, HOTPATH_DELAY_LITTLES_LAW);
    /* 4 messages for the first half, 20 for the second; 24 were in it. */
    CHECK_EQ((uint64_t)(row.delay_mean_ns * 24 + 0.5), 4 * 500 + 20 * 500);
    hotpath_snapshot_free(s);
    hotpath_snapshot_free(newer);
    hotpath_snapshot_free(older);
}

static void logs(void** state) {
    (void)state;
    static fifo_t q;
    HOTPATH_CHANNEL_CREATE(&q.channel, "logged", 0);
    uint64_t start = 0;
    for (int i = 0; i < 100; i++) {
        put(&q);
        pass(3);
        if (i % 2) take(&q);
    }
    hotpath_channel_received(&q.channel, 0, 1);
    hotpath_snapshot_t* s = law_take();
    hotpath_channel_row_t row = channel_of(s, "logged");
    size_t count;
    const hotpath_flow_log_t* log = hotpath_snapshot_flow_logs(s, row.id, false, &count);
    CHECK_EQ(count, 64);
    for (size_t i = 0; i < count; i++) {
        CHECK_EQ(log[i].index, 99 - i);
        CHECK_EQ(log[i].count, 1);
        CHECK_EQ(log[i].thread, 1);
        if (i == 0) start = log[i].at_ns;
        CHECK_EQ(log[i].at_ns, start - 3 * i);
    }
    log = hotpath_snapshot_flow_logs(s, row.id, true, &count);
    CHECK_EQ(count, 51);
    CHECK_EQ(log[0].index, 50);
    CHECK_EQ(log[0].value, UINT64_MAX);
    for (size_t i = 1; i < count; i++) /* the k-th was sent at 3 k and taken at 6 k + 6 */
        CHECK_EQ(log[i].value, 3 * (50 - i) + 6);
    hotpath_snapshot_free(s);
}

static void rates(void** state) {
    (void)state;
    hotpath_channel_t c;
    HOTPATH_CHANNEL_CREATE(&c, "rates", 0);
    uint64_t second = 1000000000;
    pass(2 * second - virtual_ticks() % second + 5000); /* where a second begins */
    for (int i = 0; i < 10; i++) {
        hotpath_channel_sent(&c, 3), hotpath_channel_received(&c, 0, 2);
        pass(second / 10);
    }
    pass(second / 2);
    hotpath_channel_row_t row = channel_now("rates");
    CHECK_EQ((uint64_t)row.sent_per_sec, 30);
    CHECK_EQ((uint64_t)row.received_per_sec, 20);
    hotpath_channel_sent(&c, 100); /* in the second that runs */
    row = channel_now("rates");
    CHECK_EQ((uint64_t)row.sent_per_sec, 30);
    pass(second);
    CHECK_EQ((uint64_t)channel_now("rates").sent_per_sec, 100);
    pass(second);
    CHECK_EQ((uint64_t)channel_now("rates").sent_per_sec, 0);
    hotpath_channel_sent(&c, 1);
    CHECK_EQ((uint64_t)channel_now("rates").sent_per_sec, 0);
}

/* What is off is not in the tree, but what is in a channel is known ever after. */
static void off(void** state) {
    (void)state;
    hotpath_channel_t c;
    HOTPATH_CHANNEL_CREATE(&c, "off", 0);
    hotpath_enable(false);
    uint64_t stamp = hotpath_channel_sent(&c, 5);
    hotpath_channel_received(&c, stamp, 1);
    hotpath_enable(true);
    hotpath_channel_received(&c, stamp, 2);
    hotpath_channel_row_t row = channel_now("off");
    CHECK_EQ(row.sent, 5);
    CHECK_EQ(row.received, 3);
    CHECK_EQ(row.depth, 2);
    CHECK_EQ(row.producers_count, 0);
    CHECK_EQ(row.consumers[0].calls, 2);
}

/* The same numbers in the report, as a table and as JSON. */
static int reported(void) {
    static law_text_t text;
    static fifo_t q;
    hotpath_channel_t little;
    hotpath_token_t wait;
    HOTPATH_CHANNEL_CREATE(&q.channel, "jobs", 4);
    HOTPATH_CHANNEL_CREATE(&little, "events", 0);
    {
        HOTPATH_SCOPE("make");
        put(&q), put(&q), put(&q);
        hotpath_channel_wait(&q.channel, HOTPATH_CHANNEL_SEND, &wait);
        pass(40);
        hotpath_end(&wait);
        HOTPATH_STREAM_ITEM("rows", 2048);
    }
    hotpath_channel_sent(&little, 2);
    {
        HOTPATH_SCOPE("work");
        take(&q);
    }
    pass(20);
    hotpath_channel_received(&little, 0, 2);
    hotpath_channel_closed(&little);
    hotpath_snapshot_t* s = law_take();
    law_render(&text, s, HOTPATH_FORMAT_TABLE);
    CHECK_HAS(text.data, "\nChannel  Queue  Max  Sent  Received ");
    CHECK_HAS(text.data, "\njobs       2/4    3     3         1 ");
    CHECK_HAS(text.data, "  40 ns");
    CHECK_HAS(text.data, "\nevents       0    2     2         2 ");
    CHECK_HAS(text.data, " ~20.0 ns ");
    CHECK_HAS(text.data, " 1, closed 1\n");
    CHECK_HAS(text.data, "~ Delay by Little's law");
    CHECK_HAS(text.data, "\nrows        1  2.00 KiB ");
    law_render(&text, s, HOTPATH_FORMAT_JSON);
    CHECK_HAS(text.data, "\"label\":\"jobs\",\"channel_type\":\"bounded[4]\",\"state\":\"active\","
                         "\"instances\":1,\"closed_instances\":0,\"queue_size\":2,"
                         "\"max_queue_size\":3,\"pressure_percent\":50.00,\"sent_count\":3,"
                         "\"received_count\":1,");
    CHECK_HAS(text.data, "\"delay_source\":\"message\",\"delay_avg_ns\":40.0,");
    CHECK_HAS(text.data, "\"send_wait\":{\"count\":1,\"open\":0,\"total_ns\":40}");
    CHECK_HAS(text.data, "\"producers\":[{\"name\":\"make\",\"count\":3}],"
                         "\"consumers\":[{\"name\":\"work\",\"count\":1}]");
    CHECK_HAS(text.data, "\"label\":\"events\",\"channel_type\":\"unbounded\","
                         "\"state\":\"closed\"");
    CHECK_HAS(text.data, "\"delay_source\":\"littles_law\",\"delay_avg_ns\":20.0,");
    CHECK_HAS(text.data, "\"items_yielded\":1,\"bytes\":2048,");
    hotpath_snapshot_free(s);
    return 0;
}
static void reports(void** state) {
    (void)state;
    law_exited(law_again("reported", NULL), 0);
}

/* ---- streams ------------------------------------------------------------------------------------ */

static void streams(void** state) {
    (void)state;
    for (int i = 0; i < 12; i++) {
        HOTPATH_SCOPE("reader");
        HOTPATH_STREAM_ITEM("lines", 100 + i);
        pass(1);
    }
    hotpath_stream_row_t row = stream_now("lines");
    CHECK_EQ(row.items, 12);
    CHECK_EQ(row.bytes, 1200 + 66);
    CHECK_EQ(row.instances, 1);
    CHECK_EQ(row.closed_instances, 0);
    CHECK_EQ(row.producers_count, 1);
    CHECK_EQ(row.producers[0].calls, 12);
    hotpath_snapshot_t* s = law_take();
    CHECK_TEXT(name_of(s, row.items_function), "lines (items)");
    CHECK_EQ(law_function(s, "lines (items)")->bytes, 1266);
    size_t count;
    const hotpath_flow_log_t* log = hotpath_snapshot_flow_logs(s, row.id, false, &count);
    CHECK_EQ(count, 12);
    CHECK_EQ(log[0].value, 111);
    CHECK_EQ(log[11].value, 100);
    hotpath_snapshot_free(s);
    hotpath_stream_t rows;
    HOTPATH_STREAM_CREATE(&rows, "rows");
    hotpath_stream_item(&rows, 3, 30);
    hotpath_stream_closed(&rows);
    hotpath_stream_closed(&rows);
    hotpath_stream_item(&rows, 1, 1);
    row = stream_now("rows");
    CHECK_EQ(row.items, 4);
    CHECK_EQ(row.bytes, 31);
    CHECK_EQ(row.closed_instances, 1);
    CHECK_EQ(row.misused, 2);
}

/* ---- bounds, forks ------------------------------------------------------------------------------ */

static int many_labels(void) {
    char label[32];
    for (uint32_t i = 0; i < 50; i++) {
        hotpath_channel_t c;
        snprintf(label, sizeof label, "label %u", (unsigned)i);
        hotpath_channel_create(&c, label, 0, "file", 1);
        hotpath_channel_sent(&c, 2);
        hotpath_channel_received(&c, 0, 1);
    }
    hotpath_snapshot_t* s = law_take();
    CHECK_EQ(hotpath_snapshot_channels(s, NULL, 0), 21);
    hotpath_channel_row_t row = channel_of(s, "<other>");
    CHECK_EQ(row.instances, 30);
    CHECK_EQ(row.sent, 60);
    CHECK_EQ(row.depth, 30);
    CHECK_EQ(hotpath_snapshot_info(s)->drops.entry_overflow, 30);
    hotpath_snapshot_free(s);
    return 0;
}
static void labels_are_bounded(void** state) {
    (void)state;
    static const char* const env[] = {"HOTPATH_ENTRIES_LIMIT=20", NULL};
    law_exited(law_again("many_labels", env), 0);
}

static int child_of_fork(void) {
    static fifo_t q;
    HOTPATH_CHANNEL_CREATE(&q.channel, "inherited", 8);
    put(&q), put(&q), put(&q), take(&q);
    pass(50);
    pid_t pid = fork();
    if (pid == 0) { /* two are in it, here too */
        hotpath_channel_row_t row = channel_now("inherited");
        CHECK_EQ(row.depth, 2);
        CHECK_EQ(row.sent, 2);
        CHECK_EQ(row.received, 0);
        CHECK_EQ(row.capacity, 8);
        CHECK_EQ(row.open_instances, 1);
        pass(5);
        hotpath_channel_received(&q.channel, 0, 2);
        pass(5);
        row = channel_now("inherited");
        CHECK_EQ(row.depth, 0);
        CHECK_EQ((uint64_t)row.delay_mean_ns, 5);
        hotpath_channel_closed(&q.channel);
        CHECK_EQ(channel_now("inherited").open_instances, 0);
        _exit(0);
    }
    int status;
    waitpid(pid, &status, 0);
    CHECK_EQ(status, 0);
    CHECK_EQ(channel_now("inherited").depth, 2);
    return 0;
}
static void forks(void** state) {
    (void)state;
    law_exited(law_again("child_of_fork", NULL), 0);
}

/* A snapshot fits into what hotpath_snapshot_size says, logs included. */
static void sizes(void** state) {
    (void)state;
    hotpath_snapshot_desc_t desc;
    memset(&desc, 0, sizeof desc);
    desc.parts = HOTPATH_PART_FLOWS | HOTPATH_PART_LOGS;
    desc.buffer_size = hotpath_snapshot_size(&desc);
    desc.buffer = aligned_alloc(16, (desc.buffer_size + 15) & ~(size_t)15);
    hotpath_snapshot_t* s = hotpath_snapshot_take(&desc);
    CHECK(s != NULL);
    CHECK_GE(hotpath_snapshot_channels(s, NULL, 0), 8);
    CHECK_EQ(channel_of(s, "stamped").producers_count, 0); /* no tree */
    free(desc.buffer);
    desc.buffer = NULL;
    desc.parts = HOTPATH_PART_VALUES;
    s = hotpath_snapshot_take(&desc);
    CHECK_EQ(hotpath_snapshot_channels(s, NULL, 0), 0);
    CHECK_EQ(hotpath_snapshot_streams(s, NULL, 0), 0);
    hotpath_snapshot_free(s);
}

int main(int argc, char** argv) {
    static const law_child_t children[] = {{"many_labels", many_labels}, {"reported", reported},
        {"child_of_fork", child_of_fork}, {NULL, NULL}};
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stamped),
        cmocka_unit_test(many_at_once),
        cmocka_unit_test(littles_law),
        cmocka_unit_test(batches),
        cmocka_unit_test(waits),
        cmocka_unit_test(instances_fold),
        cmocka_unit_test(misuse_is_told),
        cmocka_unit_test(differences),
        cmocka_unit_test(logs),
        cmocka_unit_test(rates),
        cmocka_unit_test(off),
        cmocka_unit_test(reports),
        cmocka_unit_test(streams),
        cmocka_unit_test(labels_are_bounded),
        cmocka_unit_test(forks),
        cmocka_unit_test(sizes),
    };
    const int code = law_run(argc, argv, children);
    return code >= 0 ? code : cmocka_run_group_tests(tests, NULL, NULL);
}
