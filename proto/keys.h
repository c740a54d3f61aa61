/* CURVE keys: pairs, files, and the list of who may come in which role.
 *
 * A key file is text.  FILE (mode 0600) has both halves, FILE.pub only the public one:
 *
 *     # canvass key of anna (secret: keep this file to yourself)
 *     public <40 characters of Z85>
 *     secret <40 characters of Z85>
 *
 * The list of allowed keys, one per line, '#' begins a comment:
 *
 *     worker <public key> anna's machine
 *     client <public key> nightly script
 */
#ifndef CANVASS_PROTO_KEYS_H
#define CANVASS_PROTO_KEYS_H

#include "base/status.h"
#include "base/text.h"

enum { KEY_TEXT_BYTES = 41 }; /* Z85, terminated */

typedef struct key_pair {
  char public_key[KEY_TEXT_BYTES];
  char secret_key[KEY_TEXT_BYTES]; /* "": only the public half is known */
} key_pair;

typedef struct key_list key_list;

status key_pair_new(key_pair *out, error *err) MUST_USE;
/* Writes PATH and PATH.pub.  STATUS_USAGE when one is there already. */
status key_pair_write(const key_pair *k, const char *path, const char *title, error *err) MUST_USE;
/* Both halves.  STATUS_USAGE when others than the owner may read the file, or it is no key file: file, line.
 */
status key_pair_read(const char *path, key_pair *out, error *err) MUST_USE;
/* The public half, of PATH (a .pub or a secret file), or PATH itself when it is 40 characters of Z85. */
status key_public_read(const char *path, key_pair *out, error *err) MUST_USE;

status key_list_read(const char *path, key_list **out, error *err) MUST_USE;
void key_list_destroy(key_list *l);
size_t key_list_count(const key_list *l);
/* WAY_CLIENT, WAY_WORKER, both, or 0: unknown.  *TITLE (may be NULL) is borrowed. */
unsigned key_list_roles(const key_list *l, slice public_key, const char **title);

/* Makes SOCKET a CURVE client of the broker whose public key is BROKER_KEY, before it connects. */
status key_use_client(void *socket, const key_pair *own, const char *broker_key, error *err) MUST_USE;
/* Makes SOCKET a CURVE server in the ZAP domain "canvass", before it binds. */
status key_use_server(void *socket, const key_pair *own, error *err) MUST_USE;
/* Does anybody beyond this machine reach it?  inproc, ipc, tcp://127.*, tcp://localhost, tcp://[::1] are not.
 */
bool endpoint_is_exposed(const char *endpoint);

#endif
