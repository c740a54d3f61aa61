/* CURVE keys: pairs, files, and the list of allowed keys with their roles.
 *
 * A key file is text.  FILE (mode 0600) has both halves, FILE.pub only the public one:
 *
 *     # canvass key of anna (secret: keep this file to yourself)
 *     public <40 characters of Z85>
 *     secret <40 characters of Z85>
 *
 * The list of allowed keys, one per line:
 *
 *     # the cluster of the third floor
 *     worker <public key> anna's machine
 *     client <public key> nightly script
 *     verify: 2
 *
 * The last line, which may be missing: every result is computed twice, by workers with different keys.  The
 * same key on two lines has both roles.  A line that begins with '#' is a comment; elsewhere '#' is a
 * character like any other, because Z85 uses it.
 */
#ifndef CANVASS_PROTO_KEYS_H
#define CANVASS_PROTO_KEYS_H

#include "base/buf.h"
#include "base/status.h"
#include "base/text.h"

enum { KEY_TEXT_BYTES = 41 }; /* Z85, terminated */

typedef struct key_pair {
  char public_key[KEY_TEXT_BYTES];
  char secret_key[KEY_TEXT_BYTES]; /* "": only the public half is known */
} key_pair;

typedef struct key_list key_list;

/* STATUS_IO when this libzmq was built without CURVE. */
status key_pair_new(key_pair *out, error *err) MUST_USE;
/* Writes PATH and PATH.pub, synced to disk.  STATUS_USAGE when one already exists; then, as after any
 * failure, neither is changed or left behind.  TITLE: whose key it is, for readers. */
status key_pair_write(const key_pair *k, const char *path, const char *title, error *err) MUST_USE;
/* Both halves.  STATUS_USAGE when others than the owner can access the file, or it is not a key file, or its
 * halves do not belong together: file, line. */
status key_pair_read(const char *path, key_pair *out, error *err) MUST_USE;
/* The public half, of PATH (a .pub or a secret file), or PATH itself when it is 40 characters of Z85 and no
 * such file is there. */
status key_public_read(const char *path, key_pair *out, error *err) MUST_USE;

/* STATUS_USAGE with file and line for the first line that is wrong.  A list without keys is valid: it allows
 * nobody. */
status key_list_read(const char *path, key_list **out, error *err) MUST_USE;
void key_list_destroy(key_list *l); /* accepts NULL */
size_t key_list_count(const key_list *l);
/* Whether it has the line `verify: 2`: every result is to be given twice, by workers with different keys. */
bool key_list_is_verified(const key_list *l);
/* WAY_CLIENT, WAY_WORKER, both, or 0: unknown.  *TITLE (may be NULL) is borrowed; "" for none. */
unsigned key_list_roles(const key_list *l, slice public_key, const char **title);
/* The lines that allow K's public half in ROLES, as key_list_read reads them.  Control characters of TITLE
 * become blanks. */
void key_list_put(buf *out, unsigned roles, const key_pair *k, const char *title);

/* Makes SOCKET a CURVE client of the broker whose public key is BROKER_KEY, before it connects. */
status key_use_client(void *socket, const key_pair *own, const char *broker_key, error *err) MUST_USE;
/* Makes SOCKET a CURVE server in the ZAP domain KEY_DOMAIN, before it binds.  Without a door (broker/door.h)
 * libzmq lets any key in. */
status key_use_server(void *socket, const key_pair *own, error *err) MUST_USE;
#define KEY_DOMAIN "canvass"
/* Can it be reached from beyond this machine?  inproc, ipc, tcp://127.x.x.x, tcp://localhost and tcp://[::1]
 * are not exposed; everything else is, including what cannot be parsed. */
bool endpoint_is_exposed(const char *endpoint);

#endif
