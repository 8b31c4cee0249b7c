/* RECORDER: real */
/* Channels and streams with several threads at each end: every message is counted once, also while a
   reader looks, and what is read at one moment fits together. */
#define _GNU_SOURCE
#include "hotpath.h"

#include "../unit/law.h"

enum {
    SENDERS = 3,
    RECEIVERS = 2,
    CAPACITY = 8
};

static struct {
    pthread_mutex_t lock;
    pthread_cond_t room, filled;
    uint64_t stamps[CAPACITY];
    size_t count, next;
    bool ended;
    hotpath_channel_t channel;
} queue = {.lock = PTHREAD_MUTEX_INITIALIZER,
    .room = PTHREAD_COND_INITIALIZER,
    .filled = PTHREAD_COND_INITIALIZER,
    .channel = HOTPATH_CHANNEL_INIT("queue", CAPACITY)};
static hotpath_channel_t loose = HOTPATH_CHANNEL_INIT("loose", 0);
static uint64_t each, delays, finished;

static void* sender(void* user) {
    (void)user;
    HOTPATH_FUNC();
    for (uint64_t i = 0; i < each; i++) {
        hotpath_token_t wait = {0, 0};
        pthread_mutex_lock(&queue.lock);
        bool full = queue.count == CAPACITY;
        if (full) hotpath_channel_wait(&queue.channel, HOTPATH_CHANNEL_SEND, &wait);
        while (queue.count == CAPACITY)
            pthread_cond_wait(&queue.room, &queue.lock);
        if (full) hotpath_end(&wait);
        queue.stamps[(queue.next + queue.count++) % CAPACITY] =
            hotpath_channel_sent(&queue.channel, 1);
        pthread_cond_signal(&queue.filled);
        pthread_mutex_unlock(&queue.lock);
        hotpath_channel_sent(&loose, 2);
        HOTPATH_STREAM_ITEM("items", 3);
    }
    return NULL;
}
static void* receiver(void* user) {
    (void)user;
    HOTPATH_FUNC();
    for (;;) {
        pthread_mutex_lock(&queue.lock);
        while (queue.count == 0 && !queue.ended)
            pthread_cond_wait(&queue.filled, &queue.lock);
        bool any = queue.count != 0;
        if (any) {
            hotpath_channel_received(&queue.channel, queue.stamps[queue.next], 1);
            queue.next = (queue.next + 1) % CAPACITY, queue.count--;
            pthread_cond_signal(&queue.room);
        }
        pthread_mutex_unlock(&queue.lock);
        if (!any) return NULL;
        hotpath_channel_received(&loose, 0, 1);
    }
}
static hotpath_channel_row_t row_of(const hotpath_snapshot_t* s, const char* label) {
    hotpath_channel_row_t rows[4], none;
    size_t count = hotpath_snapshot_channels(s, rows, 4);
    for (size_t i = 0; i < count; i++)
        if (strcmp(rows[i].label, label) == 0) return rows[i];
    memset(&none, 0, sizeof none);
    return none;
}
/* Looks while they run: nothing goes back, the depth is within the capacity, and a mean is one of times
   that can be. */
static void* reader(void* user) {
    (void)user;
    uint64_t sent = 0, received = 0;
    while (law_load(&finished) == 0) {
        hotpath_snapshot_desc_t desc;
        memset(&desc, 0, sizeof desc);
        desc.parts = HOTPATH_PART_FLOWS | HOTPATH_PART_LOGS;
        hotpath_snapshot_t* s = hotpath_snapshot_take(&desc);
        hotpath_channel_row_t row = row_of(s, "queue"), free_row = row_of(s, "loose");
        CHECK_GE(row.sent, sent);
        CHECK_GE(row.received, received);
        CHECK_LE(row.depth_max, CAPACITY);
        CHECK_EQ(row.excess, 0);
        if (row.delay_source == HOTPATH_DELAY_LITTLES_LAW ||
            free_row.delay_source == HOTPATH_DELAY_LITTLES_LAW)
            delays++;
        CHECK_LE((uint64_t)free_row.delay_mean_ns, hotpath_snapshot_info(s)->elapsed_ns);
        sent = row.sent, received = row.received;
        hotpath_snapshot_free(s);
    }
    return NULL;
}

static void all_are_counted(void** state) {
    (void)state;
    pthread_t senders[SENDERS], receivers[RECEIVERS], looks;
    each = LAW_TIMES(20000, 2000);
    looks = law_thread(reader, NULL);
    for (int i = 0; i < RECEIVERS; i++)
        receivers[i] = law_thread(receiver, NULL);
    for (int i = 0; i < SENDERS; i++)
        senders[i] = law_thread(sender, NULL);
    for (int i = 0; i < SENDERS; i++)
        pthread_join(senders[i], NULL);
    pthread_mutex_lock(&queue.lock);
    queue.ended = true;
    pthread_cond_broadcast(&queue.filled);
    pthread_mutex_unlock(&queue.lock);
    for (int i = 0; i < RECEIVERS; i++)
        pthread_join(receivers[i], NULL);
    law_store(&finished, 1);
    pthread_join(looks, NULL);
    hotpath_snapshot_t* s = law_take();
    hotpath_channel_row_t row = row_of(s, "queue");
    uint64_t all = SENDERS * each;
    CHECK_EQ(row.sent, all);
    CHECK_EQ(row.received, all);
    CHECK_EQ(row.depth, 0);
    CHECK_EQ(row.instances, 1);
    CHECK_EQ(row.delay_source, HOTPATH_DELAY_MESSAGE);
    CHECK_EQ(law_function(s, "queue (in the channel)")->completed, all);
    CHECK_EQ(row.producers_count, 1);
    CHECK_EQ(row.producers[0].calls, all);
    CHECK_EQ(row.consumers[0].calls, all);
    row = row_of(s, "loose");
    CHECK_EQ(row.sent, 2 * all);
    CHECK_EQ(row.received, all);
    CHECK_EQ(row.depth, all);
    CHECK_EQ(row.delay_source, HOTPATH_DELAY_LITTLES_LAW);
    CHECK_LE((uint64_t)row.delay_mean_ns, hotpath_snapshot_info(s)->elapsed_ns);
    hotpath_stream_row_t stream;
    CHECK_EQ(hotpath_snapshot_streams(s, &stream, 1), 1);
    CHECK_EQ(stream.items, all);
    CHECK_EQ(stream.bytes, 3 * all);
    CHECK_EQ(stream.producers[0].calls, all);
    size_t count;
    const hotpath_flow_log_t* log = hotpath_snapshot_flow_logs(s, stream.id, false, &count);
    CHECK_GT(count, 0);
    CHECK_EQ(log[0].index, all - 1);
    law_check_quiet(s);
    hotpath_snapshot_free(s);
}

/* Two threads open one handle at once: it is one instance. */
static hotpath_channel_t shared[200];
static uint64_t ready;
static void* opener(void* user) {
    (void)user;
    for (int i = 0; i < 200; i++) {
        law_add(&ready, 1);
        law_wait(&ready, 2 * ((uint64_t)i + 1));
        hotpath_channel_sent(&shared[i], 1);
    }
    return NULL;
}
static void one_instance(void** state) {
    (void)state;
    for (int i = 0; i < 200; i++)
        shared[i].label = "shared", shared[i].file = "", shared[i].capacity = 2;
    pthread_t other = law_thread(opener, NULL);
    opener(NULL);
    pthread_join(other, NULL);
    hotpath_snapshot_t* s = law_take();
    hotpath_channel_row_t row = row_of(s, "shared");
    CHECK_EQ(row.instances, 200);
    CHECK_EQ(row.capacity, 400);
    CHECK_EQ(row.sent, 400);
    hotpath_snapshot_free(s);
}

int main(int argc, char** argv) {
    static const law_child_t children[] = {{NULL, NULL}};
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_are_counted),
        cmocka_unit_test(one_instance),
    };
    const int code = law_run(argc, argv, children);
    return code >= 0 ? code : cmocka_run_group_tests(tests, NULL, NULL);
}
