/* System calls by their numbers, not libc's functions, which these stand before; so the sanitizers, which
 * stand before libc's too, see no more of libzmq than without them.
 *
 * libzmq takes EMFILE from accept on an ipc listener for a bug and ends the process; ENFILE it does not. What
 * cannot be taken in must be accepted nevertheless and closed: otherwise it stays in the listener's queue,
 * and libzmq is told of it again and again. */
#include "cli/intercept.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "broker/connections.h"

/* Under other names here: libc's headers declare some of them as macros or inline functions. */
int intercept_accept4(int listener, void *address, socklen_t *length, int flags) __asm__("accept4");
int intercept_accept(int listener, void *address, socklen_t *length) __asm__("accept");
ssize_t intercept_recv(int descriptor, void *bytes, size_t length, int flags) __asm__("recv");
int intercept_close(int descriptor) __asm__("close");

static atomic_int reserve = -1;

/* ---- System calls -------------------------------------------------------------------------------- */

static int call_accept(int listener, void *address, socklen_t *length, int flags) {
  return (int)syscall(SYS_accept4, listener, address, length, flags);
}

static void call_close(int descriptor) {
  (void)syscall(SYS_close, descriptor);
}

static void fill_reserve(void) {
  if (atomic_load(&reserve) < 0) {
    const int opened = open("/dev/null", O_RDONLY | O_CLOEXEC);
    int none = -1;
    if (opened >= 0 && !atomic_compare_exchange_strong(&reserve, &none, opened)) {
      call_close(opened);
    }
  }
}

/* ---- Coming in ----------------------------------------------------------------------------------- */

static connection_way way_of(int listener) {
  struct sockaddr_storage own = {0};
  socklen_t length = sizeof own;
  (void)getsockname(listener, (struct sockaddr *)&own, &length);
  return connections_way(&own);
}

/* libzmq's listeners block, and accept fails for want of a descriptor whether or not anybody is waiting. */
static bool has_waiting(int listener) {
  struct pollfd polled = {.fd = listener, .events = POLLIN};
  return poll(&polled, 1, 0) > 0;
}

/* There is no descriptor for it: the one in reserve is used to take it out of the queue. */
static void turn_away(int listener) {
  const int spare = has_waiting(listener) ? atomic_exchange(&reserve, -1) : -1;
  if (spare >= 0) {
    call_close(spare);
    const int descriptor = call_accept(listener, NULL, NULL, SOCK_CLOEXEC);
    if (descriptor >= 0) {
      connections_refuse(way_of(listener));
      call_close(descriptor);
    }
  }
  fill_reserve();
}

static int refuse(int listener) {
  if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
    turn_away(listener);
    errno = ENFILE;
  }
  return -1;
}

static void give_address(const struct sockaddr_storage *from, socklen_t from_length, void *address,
                         socklen_t *length) {
  if (address != NULL && length != NULL) {
    memcpy(address, from, from_length < *length ? from_length : *length);
    *length = from_length;
  }
}

int intercept_accept4(int listener, void *address, socklen_t *length, int flags) {
  if (!connections_are_limited()) {
    return call_accept(listener, address, length, flags);
  }
  struct sockaddr_storage from = {0};
  socklen_t from_length = sizeof from;
  const int descriptor = call_accept(listener, &from, &from_length, flags);
  if (descriptor < 0) {
    return refuse(listener);
  }
  if (!connections_admit(descriptor, &from)) {
    call_close(descriptor);
    errno = ENFILE;
    return -1;
  }
  give_address(&from, from_length, address, length);
  return descriptor;
}

int intercept_accept(int listener, void *address, socklen_t *length) {
  return intercept_accept4(listener, address, length, 0);
}

/* ---- Sending and leaving ------------------------------------------------------------------------- */

ssize_t intercept_recv(int descriptor, void *bytes, size_t length, int flags) {
  const ssize_t got = syscall(SYS_recvfrom, descriptor, bytes, length, flags, NULL, NULL);
  if (got > 0 && !(flags & MSG_PEEK) && !connections_receive(descriptor, (size_t)got)) {
    errno = ECONNRESET;
    return -1;
  }
  return got;
}

int intercept_close(int descriptor) {
  connections_close(descriptor); /* before: another thread may be given the same one */
  return (int)syscall(SYS_close, descriptor);
}

status intercept_begin(error *err) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) {
    return error_set(err, STATUS_IO, "cannot find out how many descriptors are allowed: %s", strerror(errno));
  }
  const connections_limits limits = connections_limits_of((size_t)limit.rlim_cur);
  TRY(connections_limit(&limits, err));
  fill_reserve();
  return STATUS_OK;
}
