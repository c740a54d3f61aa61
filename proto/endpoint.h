/* Endpoints as users write them: what libzmq would misread, or wait for in vain, is refused at once. */
#ifndef CANVASS_PROTO_ENDPOINT_H
#define CANVASS_PROTO_ENDPOINT_H

#include "base/status.h"

typedef enum endpoint_use { ENDPOINT_CONNECT, ENDPOINT_LISTEN } endpoint_use;

/* STATUS_USAGE unless ENDPOINT is tcp://HOST:PORT with a port from 1 to 65535, or ipc://PATH with a path that
 * fits a socket's address; a listener may also leave the port or path to the system (0 or *).  Whether the
 * host exists is not checked. */
status endpoint_check(const char *endpoint, endpoint_use use, error *err) MUST_USE;

/* Whether ENDPOINT's host is to be an IPv6 address (ZMQ_IPV6).  Only one in brackets: libzmq would otherwise
 * look up "localhost" as ::1 alone, where a broker at 127.0.0.1 does not listen. */
bool endpoint_is_ipv6(const char *endpoint);

/* Why the host of ENDPOINT, which endpoint_check has accepted, cannot be connected to: its name cannot be
 * looked up.  NULL when it can, and for an endpoint that needs no lookup.  May take as long as the system's
 * resolver does. */
const char *endpoint_lookup_failure(const char *endpoint);

#endif
