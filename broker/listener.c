/* Sets options before binding, and checks the path of an ipc socket: libzmq would remove what is there. */
#include "broker/listener.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <zmq.h>

#include "broker/limits.h"
#include "proto/endpoint.h"
#include "proto/wire.h"

enum {
  ENDPOINT_MAX = 512,
  /* Messages that wait for one peer.  A peer with so many unread is gone. */
  QUEUE_OUT = 2000,
  /* Messages of one peer that wait for us: libzmq then stops reading from it. */
  QUEUE_IN = 1000,
  HANDSHAKE_MS = 10000,
  BACKLOG = 1000, /* a cluster's workers connect all at once */
  KEEPALIVE_IDLE_S = 60,
  PRIVATE_UMASK = 077,
  LINGER_MS = 200, /* so that a farewell is sent */
};

static bool begins_with(const char *text, const char *start) {
  return strncmp(text, start, strlen(start)) == 0;
}

/* ---- The second link ----------------------------------------------------------------------------- */

/* The path of an ipc endpoint's file; NULL when it has none. */
static const char *file_of(const char *endpoint) {
  const char *path = endpoint + strlen("ipc://");
  return begins_with(endpoint, "ipc://") && path[0] != '@' ? path : NULL;
}

/* False when it would be too long. */
static bool second_link(const char *path, char out[PATH_MAX]) {
  const char *slash = strrchr(path, '/');
  const char *name = slash != NULL ? slash + 1 : path;
  const int length = snprintf(out, PATH_MAX, "%.*s.%s.link", (int)(name - path), path, name);
  return length > 0 && length < PATH_MAX && strlen(name) + strlen("..link") <= NAME_MAX;
}

static void remove_link(const char *endpoint) {
  const char *path = file_of(endpoint);
  char spare[PATH_MAX];
  struct stat there;
  if (path != NULL && second_link(path, spare) && lstat(spare, &there) == 0 && S_ISSOCK(there.st_mode)) {
    (void)unlink(spare);
  }
}

/* Without one the endpoint can still be bound again. */
static void make_link(const char *endpoint) {
  const char *path = file_of(endpoint);
  char spare[PATH_MAX];
  remove_link(endpoint); /* of a broker that was killed */
  if (path != NULL && second_link(path, spare)) {
    (void)!link(path, spare);
  }
}

/* ---- Opening and closing ------------------------------------------------------------------------- */

void listener_close(listener *l) {
  for (size_t i = 0; l->endpoints != NULL && i < l->count; i++) {
    remove_link(l->endpoints[i]);
  }
  for (size_t i = 0; i < LINES_COUNT; i++) {
    if (l->sockets[i] != NULL) {
      zmq_close(l->sockets[i]);
    }
  }
  for (size_t i = 0; l->endpoints != NULL && i < l->count; i++) {
    free(l->endpoints[i]);
  }
  free(l->endpoints);
  free(l->renewals);
  *l = (listener){0};
}

static status open_line(void *zmq_context, const key_pair *key, void **socket, error *err) {
  *socket = zmq_socket(zmq_context, ZMQ_ROUTER);
  if (*socket == NULL) {
    return error_set(err, STATUS_IO, "cannot open a socket: %s", zmq_strerror(errno));
  }
  const int64_t frame_max = WIRE_FRAME_MAX;
  if (zmq_setsockopt(*socket, ZMQ_MAXMSGSIZE, &frame_max, sizeof frame_max) != 0) {
    return error_set(err, STATUS_IO, "cannot set up a socket: %s", zmq_strerror(errno));
  }
  /* No ZMQ_HEARTBEAT_*: libzmq would close slow connections in the middle of a message. */
  const struct {
    int option, value;
  } wanted[] = {
      {ZMQ_ROUTER_MANDATORY, 1},
      {ZMQ_LINGER, LINGER_MS},
      {ZMQ_SNDHWM, QUEUE_OUT},
      {ZMQ_RCVHWM, QUEUE_IN},
      {ZMQ_HANDSHAKE_IVL, HANDSHAKE_MS},
      {ZMQ_BACKLOG, BACKLOG},
      {ZMQ_TCP_KEEPALIVE, 1},
      {ZMQ_TCP_KEEPALIVE_IDLE, KEEPALIVE_IDLE_S},
  };
  for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
    if (zmq_setsockopt(*socket, wanted[i].option, &wanted[i].value, sizeof wanted[i].value) != 0) {
      return error_set(err, STATUS_IO, "cannot set up a socket: %s", zmq_strerror(errno));
    }
  }
  return key != NULL ? key_use_server(*socket, key, err) : STATUS_OK;
}

/* The directory of a socket that is not there yet. */
static status check_directory(const char *path, const char *endpoint, error *err) {
  struct stat there;
  const char *slash = strrchr(path, '/');
  const size_t length = slash == NULL ? 0 : slash == path ? 1 : (size_t)(slash - path);
  char *directory = slice_copy(length > 0 ? (slice){path, length} : slice_of("."));
  if (directory == NULL) {
    return error_no_memory(err, endpoint);
  }
  status st = STATUS_OK;
  if (stat(directory, &there) != 0) {
    st = error_set(err, STATUS_IO, "cannot listen on %s: the directory %s: %s%s", endpoint, directory,
                   strerror(errno), errno == ENOENT ? "; create it first" : "");
  } else if (!S_ISDIR(there.st_mode)) {
    st = error_set(err, STATUS_IO, "cannot listen on %s: %s is not a directory", endpoint, directory);
  }
  free(directory);
  return st;
}

/* libzmq removes whatever has the name of an ipc socket: it must not be a user's file, nor the socket of a
 * broker that still serves. */
static status check_ipc(const char *endpoint, error *err) {
  const char *path = endpoint + strlen("ipc://");
  struct stat there;
  if (path[0] == '@' || path[0] == '*') {
    return STATUS_OK;
  }
  if (lstat(path, &there) != 0) {
    return errno == ENOENT || errno == ENOTDIR ? check_directory(path, endpoint, err) : STATUS_OK;
  }
  if (!S_ISSOCK(there.st_mode)) {
    return error_set(err, STATUS_USAGE,
                     "%s: there is already something other than a socket; choose another path", endpoint);
  }
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof address.sun_path) {
    return STATUS_OK; /* binding reports it */
  }
  memcpy(address.sun_path, path, strlen(path) + 1);
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) {
    return error_set(err, STATUS_IO, "%s: %s", endpoint, strerror(errno));
  }
  const bool is_served = connect(fd, (const struct sockaddr *)&address, sizeof address) == 0;
  close(fd);
  return is_served ? error_set(err, STATUS_IO, "cannot listen on %s: another program already does", endpoint)
                   : STATUS_OK;
}

status listener_check(const char *endpoint, const key_pair *key, error *err) {
  if (!begins_with(endpoint, "tcp://") && !begins_with(endpoint, "ipc://") &&
      !begins_with(endpoint, "inproc://")) {
    return error_set(err, STATUS_USAGE,
                     "cannot listen on '%s': an endpoint begins with tcp:// or ipc://, such as "
                     "tcp://127.0.0.1:5770",
                     endpoint);
  }
  if (key == NULL && endpoint_is_exposed(endpoint)) {
    return error_set(err, STATUS_USAGE,
                     "%s can be reached from other machines, which needs keys: make some with 'canvass "
                     "keygen', then pass --identity and --allow; or listen on tcp://127.0.0.1 or ipc://",
                     endpoint);
  }
  return STATUS_OK;
}

/* With a socket's file that only this user can connect to.  0, or errno. */
static int bind_private(void *socket, const char *endpoint) {
  const mode_t mask = umask(PRIVATE_UMASK);
  const int cause = zmq_bind(socket, endpoint) != 0 ? errno : 0;
  (void)umask(mask);
  return cause;
}

static status bind_one(listener *l, void *zmq_context, const char *endpoint, const key_pair *key,
                       error *err) {
  TRY(listener_check(endpoint, key, err));
  const bool is_ipc = begins_with(endpoint, "ipc://");
  const line_kind line = key != NULL && !begins_with(endpoint, "inproc://") ? LINE_KEYED : LINE_PLAIN;
  if (l->sockets[line] == NULL) {
    TRY(open_line(zmq_context, line == LINE_KEYED ? key : NULL, &l->sockets[line], err));
  }
  if (is_ipc) {
    TRY(check_ipc(endpoint, err));
  }
  const int is_ipv6 = endpoint_is_ipv6(endpoint);
  if (zmq_setsockopt(l->sockets[line], ZMQ_IPV6, &is_ipv6, sizeof is_ipv6) != 0) {
    return error_set(err, STATUS_IO, "cannot set up a socket: %s", zmq_strerror(errno));
  }
  const int cause = is_ipc                                      ? bind_private(l->sockets[line], endpoint)
                    : zmq_bind(l->sockets[line], endpoint) != 0 ? errno
                                                                : 0;
  if (cause != 0) {
    const char *advice =
        cause == ENODEV ? ": write an address of this machine, such as 127.0.0.1, not a name" : "";
    return error_set(err, STATUS_IO, "cannot listen on %s: %s%s", endpoint, zmq_strerror(cause), advice);
  }
  char actual[ENDPOINT_MAX];
  size_t length = sizeof actual;
  if (zmq_getsockopt(l->sockets[line], ZMQ_LAST_ENDPOINT, actual, &length) != 0) {
    return error_set(err, STATUS_IO, "cannot listen on %s: %s", endpoint, zmq_strerror(errno));
  }
  l->endpoints[l->count] = strdup(actual);
  if (l->endpoints[l->count] == NULL) {
    return error_no_memory(err, endpoint);
  }
  make_link(l->endpoints[l->count++]);
  return STATUS_OK;
}

status listener_open(void *zmq_context, const char *const *endpoints, size_t count, const key_pair *key,
                     listener *out, error *err) {
  *out = (listener){0};
  if (count == 0) {
    return error_set(err, STATUS_USAGE, "the broker needs an endpoint to listen on");
  }
  out->endpoints = calloc(count, sizeof *out->endpoints);
  out->renewals = calloc(count, sizeof *out->renewals);
  status st = out->endpoints != NULL && out->renewals != NULL
                  ? STATUS_OK
                  : error_no_memory(err, "the broker's endpoints");
  for (size_t i = 0; i < count && st == STATUS_OK; i++) {
    st = bind_one(out, zmq_context, endpoints[i], key, err);
  }
  if (st != STATUS_OK) {
    listener_close(out);
  }
  return st;
}

/* ---- Renewing ------------------------------------------------------------------------------------ */

static bool is_missing(const char *endpoint) {
  const char *path = file_of(endpoint);
  struct stat there;
  return path != NULL && lstat(path, &there) != 0 && errno == ENOENT;
}

static bool link_again(const char *endpoint) {
  const char *path = file_of(endpoint);
  char spare[PATH_MAX];
  struct stat there;
  return second_link(path, spare) && lstat(spare, &there) == 0 && S_ISSOCK(there.st_mode) &&
         link(spare, path) == 0;
}

/* A second time: unbinding would end the connections that came through the first.  0, or errno. */
static int bind_again(listener *l, size_t index) {
  l->renewals[index]++;
  const int cause =
      bind_private(l->sockets[l->sockets[LINE_KEYED] != NULL ? LINE_KEYED : LINE_PLAIN], l->endpoints[index]);
  if (cause == 0) {
    make_link(l->endpoints[index]);
  }
  return cause;
}

static void renew(listener *l, size_t index, void (*say)(void *context, const char *line), void *context) {
  char line[ENDPOINT_MAX + 128];
  const char *endpoint = l->endpoints[index];
  const bool is_linked = link_again(endpoint);
  const bool is_spent = !is_linked && l->renewals[index] == LISTENER_RENEWALS_MAX;
  const int cause = is_linked ? 0 : is_spent ? ENFILE : bind_again(l, index);
  if (cause == 0) {
    snprintf(line, sizeof line, "the socket %s was removed; it is made again", endpoint);
  } else if (is_spent) {
    snprintf(line, sizeof line,
             "the socket %s was removed %d times, with its second link, and is not made again: start the "
             "broker again",
             endpoint, (int)LISTENER_RENEWALS_MAX);
  } else {
    snprintf(line, sizeof line, "the socket %s was removed, and cannot be made again: %s", endpoint,
             zmq_strerror(cause));
  }
  if (cause == 0 || !l->renewal_failed) {
    say(context, line);
  }
  l->renewal_failed = cause != 0;
}

void listener_renew(listener *l, void (*say)(void *context, const char *line), void *context) {
  for (size_t i = 0; i < l->count; i++) {
    if (is_missing(l->endpoints[i])) {
      renew(l, i, say, context);
    }
  }
}
