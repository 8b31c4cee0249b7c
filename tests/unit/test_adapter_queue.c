/* LIBS: -lrt */
/* Queues of the system as channels: what is counted is what the system says is in them. */
#define _GNU_SOURCE
#define HOTPATH_IMPLEMENTATION
#include "hotpath.h"
#include "adapters/hotpath_queue.h"
#include "law.h"

static hotpath_channel_row_t row_of(const char* label) {
    hotpath_channel_row_t rows[16];
    hotpath_snapshot_t* s = law_take();
    size_t count = hotpath_snapshot_channels(s, rows, 16);
    hotpath_snapshot_free(s);
    for (size_t i = 0; i < count; i++)
        if (strcmp(rows[i].label, label) == 0) return rows[i];
    law_fail(__FILE__, __LINE__, "no channel \"%s\"", label);
}
static uint64_t in_it(int fd) {
    int left = 0;
    CHECK_EQ(ioctl(fd, FIONREAD, &left), 0);
    return (uint64_t)left;
}

static void pipes(void** state) {
    (void)state;
    static char data[1 << 20];
    hotpath_pipe_t p;
    CHECK_EQ(hotpath_pipe_open(&p, "pipe", O_NONBLOCK), 0);
    CHECK_EQ(hotpath_pipe_read(&p, data, 10), -1);
    CHECK_EQ(errno, EAGAIN);
    uint64_t sent = 0, received = 0;
    for (size_t i = 1; i < 10; i++) {
        CHECK_EQ(hotpath_pipe_write(&p, data, 100 * i), 100 * i);
        sent += 100 * i;
        received += (uint64_t)hotpath_pipe_read(&p, data, 64 * i);
        CHECK_EQ(row_of("pipe").depth, in_it(p.fd[0]));
    }
    hotpath_channel_row_t row = row_of("pipe");
    CHECK_EQ(row.sent, sent);
    CHECK_EQ(row.received, received);
    CHECK_EQ(row.capacity, fcntl(p.fd[0], F_GETPIPE_SZ));
    CHECK_EQ(row.delay_source, HOTPATH_DELAY_LITTLES_LAW);
    CHECK_EQ(row.dropped + row.excess, 0);
    /* More than there is room for: what did not go is taken back. */
    ssize_t went = hotpath_pipe_write(&p, data, sizeof data);
    CHECK(went > 0 && went < (ssize_t)sizeof data);
    CHECK_EQ(hotpath_pipe_write(&p, data, 1), -1);
    CHECK_EQ(errno, EAGAIN);
    row = row_of("pipe");
    CHECK_EQ(row.dropped, sizeof data - (size_t)went + 1);
    CHECK_EQ(row.depth, in_it(p.fd[0]));
    CHECK_EQ(hotpath_pipe_close(&p, 1), 0);
    CHECK_EQ(row_of("pipe").closed_instances, 1);
    CHECK_EQ(hotpath_pipe_close(&p, 0), 0);
    CHECK_EQ(hotpath_pipe_close(&p, 0), 0);
    CHECK_EQ(row_of("pipe").depth, 0); /* nobody will read it */
}

static hotpath_pipe_t slow;
static uint64_t begun;
static void* reads_later(void* unused) {
    char c;
    law_wait(&begun, 1);
    for (;;) { /* until the writer waits in its scope */
        hotpath_snapshot_t* s = law_take();
        const hotpath_function_t* f = law_find(s, "slow (send wait)");
        bool waits = f != NULL && f->open_calls == 1;
        hotpath_snapshot_free(s);
        if (waits) break;
        usleep(1000);
    }
    for (int i = 0; i < 1 << 12; i++)
        CHECK_EQ(hotpath_pipe_read(&slow, &c, 1), 1);
    return unused;
}
static void a_full_pipe_waits(void** state) {
    (void)state;
    static char data[1 << 16];
    CHECK_EQ(hotpath_pipe_open(&slow, "slow", 0), 0);
    size_t capacity = (size_t)fcntl(slow.fd[1], F_GETPIPE_SZ);
    pthread_t reader = law_thread(reads_later, NULL);
    for (size_t i = 0; i < capacity; i += 4096)
        CHECK_EQ(hotpath_pipe_write(&slow, data, 4096), 4096);
    CHECK_EQ(row_of("slow").depth, capacity);
    law_store(&begun, 1);
    CHECK_EQ(hotpath_pipe_write(&slow, data, 4096), 4096);
    pthread_join(reader, NULL);
    CHECK_EQ(law_now("slow (send wait)").completed, 1);
    CHECK_EQ(law_now("slow (receive wait)").calls, 0);
    CHECK_EQ(row_of("slow").depth, in_it(slow.fd[0]));
    hotpath_pipe_close(&slow, 1);
    hotpath_pipe_close(&slow, 0);
}

static void socket_pairs(void** state) {
    (void)state;
    char data[5000] = {0};
    hotpath_socketpair_t p;
    CHECK_EQ(hotpath_socketpair_open(&p, "pair", 0), 0);
    CHECK_EQ(hotpath_socketpair_write(&p, 0, data, 3000), 3000);
    CHECK_EQ(hotpath_socketpair_write(&p, 1, data, 500), 500);
    CHECK_EQ(hotpath_socketpair_read(&p, 1, data, 1000), 1000);
    hotpath_channel_row_t row = row_of("pair");
    CHECK_EQ(row.instances, 2);
    CHECK_EQ(row.sent, 3500);
    CHECK_EQ(row.received, 1000);
    CHECK_EQ(row.depth, in_it(p.fd[0]) + in_it(p.fd[1]));
    CHECK_EQ(hotpath_socketpair_close(&p, 0), 0);
    CHECK_EQ(hotpath_socketpair_close(&p, 1), 0);
    row = row_of("pair");
    CHECK_EQ(row.depth, 0);
    CHECK_EQ(row.closed_instances, 2);
}

static void event_counts(void** state) {
    (void)state;
    uint64_t value = 0;
    hotpath_eventfd_t e;
    CHECK_EQ(hotpath_eventfd_open(&e, "event", 3, EFD_NONBLOCK), 0);
    CHECK_EQ(hotpath_eventfd_write(&e, 4), 0);
    CHECK_EQ(row_of("event").depth, 7);
    CHECK_EQ(hotpath_eventfd_read(&e, &value), 0);
    CHECK_EQ(value, 7);
    CHECK_EQ(hotpath_eventfd_read(&e, &value), -1);
    CHECK_EQ(errno, EAGAIN);
    hotpath_channel_row_t row = row_of("event");
    CHECK_EQ(row.sent, 7);
    CHECK_EQ(row.received, 7);
    CHECK_EQ(hotpath_eventfd_close(&e), 0);
}

static void message_queues(void** state) {
    (void)state;
    char name[64], data[64];
    struct mq_attr a;
    unsigned priority;
    hotpath_mq_t q;
    snprintf(name, sizeof name, "/hotpath-test-%d", (int)getpid());
    if (hotpath_mq_open(&q, "messages", name, O_RDWR | O_CREAT | O_NONBLOCK, 0600, 4, 64) != 0)
        law_skip("message queues");
    mq_unlink(name);
    for (int i = 0; i < 4; i++)
        CHECK_EQ(hotpath_mq_send(&q, "message", 7, 1), 0);
    CHECK_EQ(hotpath_mq_send(&q, "message", 7, 1), -1);
    CHECK_EQ(errno, EAGAIN);
    CHECK_EQ(mq_getattr(q.mq, &a), 0);
    hotpath_channel_row_t row = row_of("messages");
    CHECK_EQ(row.depth, a.mq_curmsgs);
    CHECK_EQ(row.capacity, 4);
    CHECK_EQ(row.dropped, 1);
    CHECK_EQ(hotpath_mq_receive(&q, data, sizeof data, &priority), 7);
    CHECK_EQ(row_of("messages").depth, 3);
    CHECK_EQ(hotpath_mq_close(&q), 0);
    CHECK_EQ(row_of("messages").depth, 0);
}

int main(int argc, char** argv) {
    static const law_child_t children[] = {{NULL, NULL}};
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pipes),
        cmocka_unit_test(a_full_pipe_waits),
        cmocka_unit_test(socket_pairs),
        cmocka_unit_test(event_counts),
        cmocka_unit_test(message_queues),
    };
    const int code = law_run(argc, argv, children);
    return code >= 0 ? code : cmocka_run_group_tests(tests, NULL, NULL);
}
