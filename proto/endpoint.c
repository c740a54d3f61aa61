/* libzmq takes ports modulo 65536, and keeps looking up an invalid address without reporting it. */
#include "proto/endpoint.h"

#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

enum {
  PORT_MAX = 65535,
  PORT_DIGITS_MAX = 5,
  SOCKET_PATH_MAX = sizeof((struct sockaddr_un *)0)->sun_path - 1
};

static status check_port(const char *endpoint, const char *port, endpoint_use use, error *err) {
  const size_t digits = strspn(port, "0123456789");
  const bool is_number = digits > 0 && digits <= PORT_DIGITS_MAX && port[digits] == '\0';
  const unsigned long number = is_number ? strtoul(port, NULL, 10) : PORT_MAX + 1UL;
  const bool is_any = strcmp(port, "*") == 0 || number == 0;
  if (is_any ? use == ENDPOINT_LISTEN : number <= PORT_MAX) {
    return STATUS_OK;
  }
  return error_set(err, STATUS_USAGE, "%.200s: '%.40s' is not a valid port; write one from 1 to %d%s",
                   endpoint, port, (int)PORT_MAX, use == ENDPOINT_LISTEN ? ", or * for any free port" : "");
}

static status check_tcp(const char *endpoint, const char *address, endpoint_use use, error *err) {
  const char *colon = strrchr(address, ':');
  const char *bracket = strrchr(address, ']');
  if (colon == NULL || (bracket != NULL && bracket > colon)) {
    return error_set(err, STATUS_USAGE, "%.200s: the port is missing; write tcp://HOST:PORT", endpoint);
  }
  if (colon == address) {
    return error_set(err, STATUS_USAGE, "%.200s: the host is missing; write tcp://HOST:PORT", endpoint);
  }
  return check_port(endpoint, colon + 1, use, err);
}

static status check_ipc(const char *endpoint, const char *path, endpoint_use use, error *err) {
  if (strcmp(path, "*") == 0 && use == ENDPOINT_CONNECT) {
    return error_set(err, STATUS_USAGE, "%s: the path is missing; write ipc:///PATH", endpoint);
  }
  const size_t length = strlen(path);
  if (length > SOCKET_PATH_MAX) {
    return error_set(
        err, STATUS_USAGE,
        "%.200s: the path has %zu bytes, and a socket's path can have at most %d: choose a shorter one",
        endpoint, length, (int)SOCKET_PATH_MAX);
  }
  return STATUS_OK;
}

status endpoint_check(const char *endpoint, endpoint_use use, error *err) {
  static const struct {
    const char *scheme;
    status (*check)(const char *endpoint, const char *address, endpoint_use use, error *err);
  } kinds[] = {{"tcp://", check_tcp}, {"ipc://", check_ipc}};
  for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
    const size_t length = strlen(kinds[i].scheme);
    if (strncmp(endpoint, kinds[i].scheme, length) == 0 && endpoint[length] != '\0') {
      return kinds[i].check(endpoint, endpoint + length, use, err);
    }
  }
  return error_set(err, STATUS_USAGE,
                   "'%.200s' is not a valid endpoint; write tcp://HOST:PORT or ipc:///PATH", endpoint);
}

bool endpoint_is_ipv6(const char *endpoint) {
  return strchr(endpoint, '[') != NULL && strncmp(endpoint, "tcp://", strlen("tcp://")) == 0;
}

/* "tcp://HOST:PORT", "tcp://OWN:PORT;HOST:PORT", "tcp://[ADDRESS]:PORT" */
static bool host_of(const char *endpoint, char *host, size_t capacity) {
  const size_t scheme = strlen("tcp://");
  if (strncmp(endpoint, "tcp://", scheme) != 0) {
    return false;
  }
  const char *semicolon = strrchr(endpoint, ';');
  const char *begin = semicolon != NULL ? semicolon + 1 : endpoint + scheme;
  const char *end = strrchr(begin, ':');
  if (end == NULL || *begin == '[' || (size_t)(end - begin) >= capacity) {
    return false;
  }
  memcpy(host, begin, (size_t)(end - begin));
  host[end - begin] = '\0';
  return true;
}

const char *endpoint_lookup_failure(const char *endpoint) {
  char host[NI_MAXHOST];
  if (!host_of(endpoint, host, sizeof host)) {
    return NULL;
  }
  const struct addrinfo wanted = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM}; /* as libzmq does */
  struct addrinfo *found = NULL;
  const int code = getaddrinfo(host, NULL, &wanted, &found);
  if (code != 0) {
    return gai_strerror(code);
  }
  freeaddrinfo(found);
  return NULL;
}
