/* A table by descriptor.  The mutex guards all but the counts of bytes, which are in the way of every recv.
 */
#include "broker/connections.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  DESCRIPTORS_MAX = 1 << 20, /* some systems allow a billion */
  FILES_MIN = 64,
  FILES_MAX = 4096,
  STRANGERS_MIN = 16,
  STRANGER_MS = 2000, /* for a handshake and a hello, when others wait for the place */
  LEFT_MS = 5000,     /* a broker that is never without messages has taken by then what a connection left */
  NOBODY = -1,
  BUCKETS = 4096,
  /* The largest messages that a broker takes have some 5 MiB; peers are asked for 8 MiB of chunks at a time.
   */
  UNREAD_MAX = 32 << 20,
  UNREAD_IN_ALL = 256 << 20,
  /* What a frame has around it on the wire (at most 9 bytes, and 33 of encryption), and then some: what is
   * sent between messages, such as ZMTP's pings, must not add up. */
  AROUND_FRAME = 256,
};

typedef struct entry {
  _Atomic(uint64_t) serial; /* 0: not a connection */
  _Atomic(uint64_t) unread; /* bytes */
  uint64_t deadline_ms;     /* 0: none */
  uint64_t begun, ended;    /* moments; of the end of the one before */
  connection_way way;
  uint16_t bucket; /* of its address, while it is a stranger */
  bool is_stranger;
  uint64_t since_ms;
  int older, newer; /* strangers over tcp: descriptors; NOBODY at the ends */
} entry;

static struct {
  pthread_mutex_t mutex;
  _Atomic(entry *) entries; /* NULL: not limited */
  connections_limits limits;
  int highest; /* descriptors of connections are not above it */
  size_t open[CONNECTION_WAYS];
  uint32_t strangers[BUCKETS]; /* of addresses, by their hash */
  int oldest, newest;          /* stranger over tcp, or NOBODY */
  size_t displaced;            /* since the last call of connections_expire */
  _Atomic(uint64_t) unread;
  uint64_t last_serial, now_ms;
  uint64_t moment, drained; /* connections that began or ended, counted */
  connections_report report;
  bool has_report;
} all = {.mutex = PTHREAD_MUTEX_INITIALIZER, .oldest = NOBODY, .newest = NOBODY};

/* ---- Limits -------------------------------------------------------------------------------------- */

static size_t between(size_t low, size_t v, size_t high) {
  return v < low ? low : v > high ? high : v;
}

connections_limits connections_limits_of(size_t descriptors) {
  const size_t usable = between(1, descriptors, DESCRIPTORS_MAX);
  const size_t files = between(FILES_MIN, usable / 4, FILES_MAX);
  const size_t left = usable > files ? usable - files : 0;
  const size_t ipc = between(1, left / 4, CONNECTIONS_MAX);
  const size_t tcp = between(1, left > ipc ? left - ipc : 0, CONNECTIONS_MAX);
  const size_t strangers = between(STRANGERS_MIN, tcp / 4, CONNECTIONS_MAX);
  return (connections_limits){.descriptors = usable,
                              .most = {[CONNECTION_TCP] = tcp, [CONNECTION_IPC] = ipc},
                              .most_strangers = strangers < tcp ? strangers : tcp,
                              .unread = UNREAD_MAX,
                              .unread_in_all = UNREAD_IN_ALL};
}

status connections_limit(const connections_limits *limits, error *err) {
  entry *entries = calloc(limits->descriptors, sizeof *entries);
  if (entries == NULL) {
    return error_no_memory(err, "a table of connections");
  }
  pthread_mutex_lock(&all.mutex);
  entry *before = atomic_load(&all.entries);
  all.limits = *limits;
  all.highest = 0;
  all.now_ms = 0;
  all.oldest = all.newest = NOBODY;
  all.displaced = 0;
  all.has_report = false;
  all.report = (connections_report){.limits = *limits};
  all.moment = all.drained = 0;
  memset(all.open, 0, sizeof all.open);
  memset(all.strangers, 0, sizeof all.strangers);
  atomic_store(&all.unread, 0);
  atomic_store(&all.entries, entries);
  pthread_mutex_unlock(&all.mutex);
  free(before);
  return STATUS_OK;
}

bool connections_are_limited(void) {
  return atomic_load_explicit(&all.entries, memory_order_acquire) != NULL;
}

/* NULL when DESCRIPTOR is not one of a counted connection. */
static entry *find(int descriptor) {
  entry *entries = atomic_load_explicit(&all.entries, memory_order_acquire);
  if (entries == NULL || descriptor < 0 || (size_t)descriptor >= all.limits.descriptors) {
    return NULL;
  }
  entry *e = &entries[descriptor];
  return atomic_load_explicit(&e->serial, memory_order_acquire) != 0 ? e : NULL;
}

/* ---- Addresses ----------------------------------------------------------------------------------- */

connection_way connections_way(const struct sockaddr_storage *address) {
  return address->ss_family == AF_UNIX ? CONNECTION_IPC : CONNECTION_TCP;
}

/* The bytes that tell one machine from another: all of IPv4, the network half of IPv6, of which one machine
 * can have any address. */
static size_t machine_of(const struct sockaddr_storage *from, uint8_t out[8]) {
  if (from->ss_family == AF_INET) {
    memcpy(out, &((const struct sockaddr_in *)from)->sin_addr, 4);
    return 4;
  }
  const struct in6_addr *six = &((const struct sockaddr_in6 *)from)->sin6_addr;
  if (from->ss_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(six)) {
    memcpy(out, six->s6_addr + 12, 4);
    return 4;
  }
  if (from->ss_family == AF_INET6) {
    memcpy(out, six->s6_addr, 8);
    return 8;
  }
  return 0;
}

/* FNV-1a: two machines that share a bucket share its limit. */
static uint16_t bucket_of(const struct sockaddr_storage *from) {
  uint8_t machine[8];
  const size_t length = machine_of(from, machine);
  uint32_t h = 2166136261U;
  for (size_t i = 0; i < length; i++) {
    h = (h ^ machine[i]) * 16777619U;
  }
  return (uint16_t)((h ^ h >> 16) % BUCKETS);
}

static void write_address(const struct sockaddr_storage *from, char out[CONNECTIONS_ADDRESS_BYTES]) {
  const void *address = from->ss_family == AF_INET6
                            ? (const void *)&((const struct sockaddr_in6 *)from)->sin6_addr
                            : (const void *)&((const struct sockaddr_in *)from)->sin_addr;
  if (from->ss_family == AF_UNIX ||
      inet_ntop(from->ss_family, address, out, CONNECTIONS_ADDRESS_BYTES) == NULL) {
    snprintf(out, CONNECTIONS_ADDRESS_BYTES, "this machine");
  }
}

static void write_peer(int descriptor, char out[CONNECTIONS_ADDRESS_BYTES]) {
  struct sockaddr_storage from = {.ss_family = AF_UNIX};
  socklen_t length = sizeof from;
  (void)getpeername(descriptor, (struct sockaddr *)&from, &length); /* on failure it stays as it is */
  write_address(&from, out);
}

/* ---- Coming and going ---------------------------------------------------------------------------- */

static void begin_stranger(entry *entries, int descriptor) {
  entry *e = &entries[descriptor];
  e->is_stranger = true;
  if (e->way == CONNECTION_TCP) {
    all.strangers[e->bucket]++;
    e->older = all.newest;
    e->newer = NOBODY;
    *(all.newest != NOBODY ? &entries[all.newest].newer : &all.oldest) = descriptor;
    all.newest = descriptor;
  }
}

static void end_stranger(entry *entries, entry *e) {
  if (e->is_stranger && e->way == CONNECTION_TCP) {
    all.strangers[e->bucket]--;
    *(e->older != NOBODY ? &entries[e->older].newer : &all.oldest) = e->newer;
    *(e->newer != NOBODY ? &entries[e->newer].older : &all.newest) = e->older;
  }
  e->is_stranger = false;
}

static void forget(entry *entries, entry *e) {
  end_stranger(entries, e);
  e->ended = ++all.moment;
  all.open[e->way]--;
  atomic_fetch_sub(&all.unread, atomic_exchange(&e->unread, 0));
  atomic_store_explicit(&e->serial, 0, memory_order_release);
}

static void enter(int descriptor, connection_way way, uint16_t bucket) {
  entry *entries = atomic_load(&all.entries);
  entry *e = &entries[descriptor];
  if (atomic_load(&e->serial) != 0) {
    forget(entries, e); /* it was closed in a way that is not seen here */
  }
  e->begun = ++all.moment;
  e->since_ms = all.now_ms;
  e->deadline_ms = all.now_ms + CONNECTIONS_HELLO_MS;
  e->way = way;
  e->bucket = bucket;
  begin_stranger(entries, descriptor);
  all.open[way]++;
  all.highest = descriptor > all.highest ? descriptor : all.highest;
  atomic_store_explicit(&e->serial, ++all.last_serial, memory_order_release);
}

/* The stranger that has been here longest leaves, if it had time to say hello: so that those who come and say
 * nothing cannot keep out those who would.  Its place is free when libzmq has closed it. */
static void displace_stranger(void) {
  entry *entries = atomic_load(&all.entries);
  const int descriptor = all.oldest;
  if (descriptor != NOBODY && all.now_ms - entries[descriptor].since_ms >= STRANGER_MS) {
    end_stranger(entries, &entries[descriptor]);
    entries[descriptor].deadline_ms = 0;
    (void)shutdown(descriptor, SHUT_RDWR);
    all.displaced++;
  }
}

bool connections_admit(int descriptor, const struct sockaddr_storage *from) {
  const connection_way way = connections_way(from);
  const uint16_t bucket = bucket_of(from);
  pthread_mutex_lock(&all.mutex);
  const bool is_full = (size_t)descriptor >= all.limits.descriptors || all.open[way] >= all.limits.most[way];
  const bool is_crowded =
      !is_full && way == CONNECTION_TCP && all.strangers[bucket] >= all.limits.most_strangers;
  if (is_full) {
    all.report.refused[way]++;
    if (way == CONNECTION_TCP) {
      displace_stranger();
    }
  } else if (is_crowded) {
    all.report.crowded++;
    write_address(from, all.report.crowded_from);
  } else {
    enter(descriptor, way, bucket);
  }
  all.has_report = all.has_report || is_full || is_crowded;
  pthread_mutex_unlock(&all.mutex);
  return !is_full && !is_crowded;
}

void connections_refuse(connection_way way) {
  pthread_mutex_lock(&all.mutex);
  all.report.refused[way]++;
  all.has_report = true;
  pthread_mutex_unlock(&all.mutex);
}

void connections_close(int descriptor) {
  if (find(descriptor) == NULL) {
    return;
  }
  pthread_mutex_lock(&all.mutex);
  entry *e = find(descriptor);
  if (e != NULL) {
    forget(atomic_load(&all.entries), e);
  }
  pthread_mutex_unlock(&all.mutex);
}

/* ---- Bytes --------------------------------------------------------------------------------------- */

static void overflow(int descriptor, uint64_t serial) {
  pthread_mutex_lock(&all.mutex);
  all.report.overflow++;
  all.report.overflowed = (connection){.descriptor = descriptor, .serial = serial};
  write_peer(descriptor, all.report.overflow_from);
  all.has_report = true;
  pthread_mutex_unlock(&all.mutex);
}

bool connections_receive(int descriptor, size_t bytes) {
  entry *e = find(descriptor);
  if (e == NULL) {
    return true;
  }
  const uint64_t unread = atomic_fetch_add_explicit(&e->unread, bytes, memory_order_relaxed) + bytes;
  const uint64_t in_all = atomic_fetch_add_explicit(&all.unread, bytes, memory_order_relaxed) + bytes;
  const uint64_t most = in_all <= all.limits.unread_in_all ? all.limits.unread : all.limits.unread / 4;
  if (unread <= most) {
    return true;
  }
  overflow(descriptor, atomic_load(&e->serial));
  return false;
}

uint64_t connections_moment(void) {
  pthread_mutex_lock(&all.mutex);
  const uint64_t moment = all.moment;
  pthread_mutex_unlock(&all.mutex);
  return moment;
}

void connections_drained(uint64_t moment) {
  pthread_mutex_lock(&all.mutex);
  all.drained = moment;
  pthread_mutex_unlock(&all.mutex);
}

/* libzmq has delivered all of a connection when it closes the descriptor, so that what was sent over the one
 * before is with the broker, or waits for it. */
static bool may_be_of_the_one_before(const entry *e) {
  return e->ended > all.drained && e->begun > all.drained && all.now_ms - e->since_ms < LEFT_MS;
}

static connection identify(int descriptor) {
  connection c = {.descriptor = -1};
  pthread_mutex_lock(&all.mutex);
  const entry *e = find(descriptor);
  if (e != NULL) {
    c = (connection){.descriptor = descriptor,
                     .serial = atomic_load(&e->serial),
                     .is_doubtful = may_be_of_the_one_before(e)};
  }
  pthread_mutex_unlock(&all.mutex);
  return c;
}

connection connections_deliver(int descriptor, size_t bytes, size_t frames) {
  entry *e = find(descriptor);
  if (e == NULL) {
    return (connection){.descriptor = -1};
  }
  const uint64_t taken = (uint64_t)bytes + (uint64_t)frames * AROUND_FRAME;
  uint64_t unread = atomic_load(&e->unread);
  uint64_t less = 0;
  do {
    less = unread < taken ? unread : taken;
  } while (!atomic_compare_exchange_weak(&e->unread, &unread, unread - less));
  atomic_fetch_sub(&all.unread, less);
  return identify(descriptor);
}

/* ---- Time ---------------------------------------------------------------------------------------- */

void connections_welcome(connection c) {
  pthread_mutex_lock(&all.mutex);
  entry *e = find(c.descriptor);
  if (e != NULL && atomic_load(&e->serial) == c.serial && !c.is_doubtful) {
    end_stranger(atomic_load(&all.entries), e);
    e->deadline_ms = 0;
  }
  pthread_mutex_unlock(&all.mutex);
}

void connections_doubt(uint64_t ms) {
  pthread_mutex_lock(&all.mutex);
  for (int i = 0; connections_are_limited() && i <= all.highest; i++) {
    entry *e = find(i);
    if (e != NULL) {
      e->deadline_ms = all.now_ms + ms;
    }
  }
  pthread_mutex_unlock(&all.mutex);
}

/* libzmq sees the end of the connection and closes the descriptor. */
size_t connections_expire(uint64_t now_ms) {
  pthread_mutex_lock(&all.mutex);
  size_t closed = all.displaced;
  all.displaced = 0;
  all.now_ms = now_ms;
  for (int i = 0; connections_are_limited() && i <= all.highest; i++) {
    entry *e = find(i);
    if (e != NULL && e->deadline_ms != 0 && e->deadline_ms <= now_ms) {
      e->deadline_ms = 0;
      (void)shutdown(i, SHUT_RDWR); /* it fails when the peer was faster */
      closed++;
    }
  }
  pthread_mutex_unlock(&all.mutex);
  return closed;
}

bool connections_take_report(connections_report *out) {
  pthread_mutex_lock(&all.mutex);
  const bool any = all.has_report;
  *out = all.report;
  all.report = (connections_report){.limits = all.limits};
  all.has_report = false;
  pthread_mutex_unlock(&all.mutex);
  return any;
}

/* ---- Who is at the other end --------------------------------------------------------------------- */

connection_peer connection_peer_of(int descriptor) {
  struct ucred who;
  socklen_t length = sizeof who;
  int domain = 0;
  socklen_t domain_length = sizeof domain;
  if (getsockopt(descriptor, SOL_SOCKET, SO_DOMAIN, &domain, &domain_length) != 0 || domain != AF_UNIX ||
      getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &who, &length) != 0 || who.pid <= 0) {
    return (connection_peer){.is_known = false};
  }
  return (connection_peer){.is_known = true, .user = who.uid, .process = who.pid};
}
