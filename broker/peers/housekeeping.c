/* What is done for peers about once a second. */
#include "broker/host.h"
#include "broker/listener.h"
#include "broker/peers/peers_inside.h"

static void say(void *context, const char *line) {
  host_log(context, "%s", line);
}

void peers_housekeep(peers *p) {
  listener_renew(&p->lines, say, p->host);
  guard_housekeep(p);
  admission_housekeep(p);
}
