// SPDX-License-Identifier: MIT
//
// One run of one program. The child gets a process group of its own and /dev/null as standard input; its standard
// output is read as it comes, hashed, and its beginning kept; of standard error the end is kept. Time is taken from
// before fork until the kernel reports the exit (a pidfd in the same poll), CPU time and peak memory come from wait4.
//
//      running --exit--> draining --end of file, or nothing for DRAIN seconds--> done
//         |                            (a grandchild may hold the pipe open; it is killed then)
//         +--deadline or Ctrl-C--> SIGTERM to the group --GRACE seconds--> SIGKILL --exit--> draining
#include "compare.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SAMPLE_BYTES (256 * 1024)
#define COMPLAINT_BYTES 3000
#define GRACE 1.0
#define DRAIN 0.5

static volatile sig_atomic_t interrupted;

static void on_signal(int number) {
    (void)number;
    interrupted = 1;
}

// Ctrl-C and SIGTERM stop the run under way; what was measured is still reported.
void runner_prepare(void) {
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
}

bool runner_interrupted(void) { return interrupted; }

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static double seconds(struct timeval time) { return (double)time.tv_sec + (double)time.tv_usec * 1e-6; }

static void __attribute__((noreturn)) child(char **command, int threads, int out, int err, int report,
                                             int counters) {
    setpgid(0, 0);
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    signal(SIGPIPE, SIG_DFL);
    char number[16];
    snprintf(number, sizeof(number), "%d", threads);
    setenv("HEDDLE_THREADS", number, 1);
    if (counters >= 0 && fcntl(counters, F_SETFD, 0) == 0) {
        char path[32];
        snprintf(path, sizeof(path), "/dev/fd/%d", counters);
        setenv("HEDDLE_COUNTERS", path, 1);
    }
    int null = open("/dev/null", O_RDONLY);
    if (null >= 0 && dup2(null, 0) == 0 && dup2(out, 1) == 1 && dup2(err, 2) == 2) execvp(command[0], command);
    int error = errno;
    if (write(report, &error, sizeof(error)) < 0) _exit(126);
    _exit(127);
}

// FNV-1a: enough to notice that two outputs differ; their lengths are compared too.
static uint64_t hash(uint64_t digest, const unsigned char *bytes, size_t count) {
    for (size_t i = 0; i < count; i++) digest = (digest ^ bytes[i]) * 0x100000001B3;
    return digest;
}

static void keep_output(Captured *captured, const char *bytes, size_t count) {
    captured->digest = hash(captured->digest, (const unsigned char *)bytes, count);
    captured->bytes += count;
    size_t room = SAMPLE_BYTES - captured->sample_bytes;
    if (count > room) count = room;
    memcpy(captured->sample + captured->sample_bytes, bytes, count);
    captured->sample_bytes += count;
}

static void keep_complaint(Captured *captured, const char *bytes, size_t count) {
    char *text = words_format("%s%.*s", captured->complaint, (int)count, bytes);
    size_t length = strlen(text);
    free(captured->complaint);
    captured->complaint = words_copy(length > COMPLAINT_BYTES ? text + length - COMPLAINT_BYTES : text);
    free(text);
}

// Reads what is there; false at the end of the file.
static bool drain(int fd, Captured *captured, bool is_output) {
    char buffer[65536];
    ssize_t count = read(fd, buffer, sizeof(buffer));
    if (count < 0) return errno == EINTR || errno == EAGAIN;
    if (count == 0) return false;
    if (is_output) keep_output(captured, buffer, (size_t)count);
    else keep_complaint(captured, buffer, (size_t)count);
    return true;
}

typedef struct Child {
    pid_t pid;
    int pidfd; // -1 on kernels without it: the exit is looked for every few milliseconds
    double started, deadline;
    bool exited;
    int stops; // signals sent so far
    Run *run;
} Child;

static void collect(Child *c) {
    int status;
    struct rusage usage;
    pid_t done = wait4(c->pid, &status, c->pidfd >= 0 ? 0 : WNOHANG, &usage);
    if (done != c->pid) return;
    Run *run = c->run;
    run->wall = now() - c->started;
    run->user = seconds(usage.ru_utime);
    run->system = seconds(usage.ru_stime);
    run->peak_kib = usage.ru_maxrss;
    c->exited = true;
    if (run->end != END_GOOD) return; // stopped by us
    if (WIFSIGNALED(status)) {
        run->end = END_SIGNAL;
        run->detail = WTERMSIG(status);
    } else if (WEXITSTATUS(status)) {
        run->end = END_STATUS;
        run->detail = WEXITSTATUS(status);
    }
}

// The deadline passed or the user interrupted: SIGTERM first, SIGKILL when that did not help.
static void stop(Child *c, End why) {
    if (c->run->end == END_GOOD) c->run->end = why;
    kill(-c->pid, c->stops++ ? SIGKILL : SIGTERM);
    c->deadline = now() + GRACE;
}

static int poll_wait(const Child *c) {
    double left = c->deadline - now();
    if (c->pidfd < 0 && left > 0.005) left = 0.005;
    return left <= 0 ? 0 : (int)ceil(fmin(left, 3600.0) * 1000);
}

static void watch(Child *c, int out, int err, Captured *captured) {
    struct pollfd files[3] = {
        {.fd = out, .events = POLLIN}, {.fd = err, .events = POLLIN}, {.fd = c->pidfd, .events = POLLIN}};
    while (!c->exited || files[0].fd >= 0 || files[1].fd >= 0) {
        int ready = poll(files, 3, poll_wait(c));
        if (interrupted && !c->exited && !c->stops) stop(c, END_INTERRUPTED);
        for (int i = 0; ready > 0 && i < 2; i++) {
            if (!(files[i].revents & (POLLIN | POLLHUP | POLLERR))) continue;
            if (!drain(files[i].fd, captured, i == 0)) files[i].fd = -1;
            if (c->exited) c->deadline = now() + DRAIN;
        }
        if (!c->exited && ((ready > 0 && files[2].revents) || c->pidfd < 0)) {
            collect(c);
            if (c->exited) {
                files[2].fd = -1;
                c->deadline = now() + DRAIN;
            }
        }
        if (now() < c->deadline) continue;
        if (c->exited) {
            kill(-c->pid, SIGKILL);
            break;
        }
        stop(c, END_TIMEOUT);
    }
}

static void make_printable(char *text) {
    for (; *text; text++)
        if ((unsigned char)*text < ' ' && *text != '\n' && *text != '\t') *text = '?';
}

// What a build that counts (include/base/counters.h) wrote at its exit; NULL from all others.
static char *read_counters(int fd) {
    char text[4096];
    ssize_t count = pread(fd, text, sizeof(text) - 1, 0);
    if (count <= 0) return NULL;
    text[count] = 0;
    text[strcspn(text, "\n")] = 0;
    size_t length = strlen(text);
    bool good = length >= 2 && text[0] == '{' && text[length - 1] == '}' &&
                strspn(text + 1, "abcdefghijklmnopqrstuvwxyz_0123456789\":, ") == length - 2;
    return good ? words_copy(text) : NULL;
}

Run runner_run(char **command, int threads, double timeout, Captured *captured) {
    *captured =
        (Captured){.digest = 0xCBF29CE484222325, .sample = words_allocate(SAMPLE_BYTES), .complaint = words_copy("")};
    Run run = {.end = END_GOOD};
    int out[2], err[2], report[2];
    if (pipe2(out, O_CLOEXEC) || pipe2(err, O_CLOEXEC) || pipe2(report, O_CLOEXEC))
        return (Run){.end = END_NOT_STARTED, .detail = errno};
    int counters = memfd_create("counters", MFD_CLOEXEC); // -1: an old kernel, no counters
    double started = now();
    Child c = {.pid = fork(), .started = started, .deadline = started + timeout, .run = &run};
    if (c.pid < 0) return (Run){.end = END_NOT_STARTED, .detail = errno};
    if (c.pid == 0) child(command, threads, out[1], err[1], report[1], counters);
    setpgid(c.pid, c.pid);
    c.pidfd = (int)syscall(SYS_pidfd_open, c.pid, 0);
    close(out[1]);
    close(err[1]);
    close(report[1]);
    watch(&c, out[0], err[0], captured);
    int error;
    if (read(report[0], &error, sizeof(error)) == sizeof(error)) run = (Run){.end = END_NOT_STARTED, .detail = error};
    if (counters >= 0) {
        run.counters = read_counters(counters);
        close(counters);
    }
    if (c.pidfd >= 0) close(c.pidfd);
    close(out[0]);
    close(err[0]);
    close(report[0]);
    make_printable(captured->complaint);
    return run;
}

char *runner_ending(End end, int detail, double timeout) {
    switch (end) {
    case END_GOOD:
        return words_copy("good");
    case END_STATUS:
        return words_format("failed with exit status %d", detail);
    case END_SIGNAL:
        return words_format("killed by SIG%s (%s)", sigabbrev_np(detail) ? sigabbrev_np(detail) : "?",
                            strsignal(detail));
    case END_TIMEOUT:
        return words_format("hung: stopped after %g s", timeout);
    case END_NOT_STARTED:
        return words_format("could not be started: %s", strerror(detail));
    case END_INTERRUPTED:
        return words_copy("interrupted");
    }
    return words_copy("?");
}
