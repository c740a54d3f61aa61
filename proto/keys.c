/* Pairs of keys, their files and their use on sockets.  Secret bytes are wiped from memory that is given
 * back; files are created by this process alone (O_EXCL), the secret one readable only by its owner. */
#include "proto/keys.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zmq.h>

#include "base/file_bytes.h"
#include "proto/key_text.h"

enum { KEY_FILE_BYTES_MAX = 64 * 1024, SECRET_MODE = 0600, PUBLIC_MODE = 0644, OTHERS = 0077 };

/* ---- Pairs --------------------------------------------------------------------------------------- */

status key_pair_new(key_pair *out, error *err) {
  *out = (key_pair){0};
  if (zmq_curve_keypair(out->public_key, out->secret_key) != 0) {
    return error_set(err, STATUS_IO, "cannot create a pair of keys: %s%s", zmq_strerror(errno),
                     errno == ENOTSUP ? "; this libzmq was built without CURVE" : "");
  }
  return STATUS_OK;
}

static status write_whole(int fd, const char *path, const buf *content, error *err) {
  int problem = file_write(fd, content->data, content->length);
  problem = problem == 0 && fsync(fd) != 0 ? errno : problem;
  return problem == 0 ? STATUS_OK : error_set(err, STATUS_IO, "cannot write %s: %s", path, strerror(problem));
}

static status create_file(const char *path, mode_t mode, const buf *content, error *err) {
  const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (fd < 0 && errno == EEXIST) {
    return error_set(err, STATUS_USAGE,
                     "%s already exists, and a key is never overwritten: choose another name, or remove it "
                     "first",
                     path);
  }
  if (fd < 0) {
    return error_set(err, STATUS_IO, "cannot create %s: %s", path, strerror(errno));
  }
  status st = write_whole(fd, path, content, err);
  if (close(fd) != 0 && st == STATUS_OK) {
    st = error_set(err, STATUS_IO, "cannot write %s: %s", path, strerror(errno));
  }
  if (st != STATUS_OK) {
    (void)unlink(path);
  }
  return st;
}

static void put_pair(buf *out, const key_pair *k, const char *title, bool with_secret) {
  buf_printf(out, "# canvass key of ");
  key_text_put_title(out, title);
  buf_printf(out, with_secret ? " (secret: keep this file to yourself)\n" : "\n");
  buf_printf(out, "public %s\n", k->public_key);
  if (with_secret) {
    buf_printf(out, "secret %s\n", k->secret_key);
  }
}

static void fini_secret(buf *b) {
  if (b->data != NULL) {
    explicit_bzero(b->data, b->capacity);
  }
  buf_fini(b);
}

static status write_both(const key_pair *k, const char *path, const char *public_path, const char *title,
                         error *err) {
  buf secret;
  buf public;
  buf_init(&secret);
  buf_init(&public);
  /* Room for everything, so that growing leaves no copy of the secret behind. */
  buf_reserve(&secret, 512 + 2 * strlen(title));
  put_pair(&secret, k, title, true);
  put_pair(&public, k, title, false);
  status st = buf_status(&secret, path, err);
  if (st == STATUS_OK) {
    st = buf_status(&public, public_path, err);
  }
  if (st == STATUS_OK) {
    st = create_file(path, SECRET_MODE, &secret, err);
  }
  if (st == STATUS_OK) {
    st = create_file(public_path, PUBLIC_MODE, &public, err);
    if (st != STATUS_OK) {
      (void)unlink(path);
    }
  }
  fini_secret(&secret);
  buf_fini(&public);
  return st;
}

status key_pair_write(const key_pair *k, const char *path, const char *title, error *err) {
  const size_t length = strlen(path);
  char *public_path = malloc(length + sizeof ".pub");
  if (public_path == NULL) {
    return error_no_memory(err, path);
  }
  memcpy(public_path, path, length);
  memcpy(public_path + length, ".pub", sizeof ".pub");
  const status st = write_both(k, path, public_path, title, err);
  free(public_path);
  return st;
}

/* ---- Reading ------------------------------------------------------------------------------------- */

static status read_line(key_text *t, slice line, key_pair *out, error *err) {
  const slice word = key_text_word(&line);
  char *to = slice_equal(word, slice_of("public"))   ? out->public_key
             : slice_equal(word, slice_of("secret")) ? out->secret_key
                                                     : NULL;
  if (to == NULL) {
    return key_text_wrong(
        t, err,
        "this is not a key file (its lines have 'public' or 'secret' and a key); make one with "
        "'canvass keygen'");
  }
  if (to[0] != '\0') {
    return key_text_wrong(t, err, "a second '%.*s' key", SLICE_ARG(word));
  }
  TRY(key_text_key(t, key_text_word(&line), to, err));
  return line.length > 0 ? key_text_wrong(t, err, "something follows the key") : STATUS_OK;
}

static status parse_pair(key_text *t, key_pair *out, error *err) {
  slice line;
  bool found = true;
  TRY(key_text_next(t, &line, &found, err));
  while (found) {
    TRY(read_line(t, line, out, err));
    TRY(key_text_next(t, &line, &found, err));
  }
  if (out->public_key[0] == '\0') {
    return error_set(err, STATUS_USAGE, "%s has no public key: make a key file with 'canvass keygen'",
                     t->path);
  }
  return STATUS_OK;
}

static status read_pair(const char *path, key_pair *out, mode_t *mode, error *err) {
  *out = (key_pair){0};
  key_text t;
  TRY(key_text_open(&t, path, KEY_FILE_BYTES_MAX, err));
  *mode = t.mode;
  const status st = parse_pair(&t, out, err);
  key_text_close(&t);
  if (st != STATUS_OK) {
    explicit_bzero(out, sizeof *out);
  }
  return st;
}

static status check_secret(const char *path, const key_pair *k, mode_t mode, error *err) {
  if (k->secret_key[0] == '\0') {
    return error_set(err, STATUS_USAGE,
                     "%s has only the public half of a key: name the file that 'canvass keygen' wrote beside "
                     "it, without .pub",
                     path);
  }
  if (mode & OTHERS) {
    return error_set(
        err, STATUS_USAGE,
        "%s holds a secret key, but users other than its owner can access the file (mode %04o): run "
        "'chmod 600 %s'; if others may have read it, make a new key",
        path, (unsigned)(mode & 07777), path);
  }
  char derived[KEY_TEXT_BYTES];
  if (zmq_curve_public(derived, k->secret_key) != 0 || strcmp(derived, k->public_key) != 0) {
    return error_set(err, STATUS_USAGE, "%s: its public and its secret key do not belong together", path);
  }
  return STATUS_OK;
}

status key_pair_read(const char *path, key_pair *out, error *err) {
  mode_t mode = 0;
  TRY(read_pair(path, out, &mode, err));
  const status st = check_secret(path, out, mode, err);
  if (st != STATUS_OK) {
    explicit_bzero(out, sizeof *out);
  }
  return st;
}

status key_public_read(const char *path, key_pair *out, error *err) {
  *out = (key_pair){0};
  struct stat there;
  if (key_text_is_key(slice_of(path)) && stat(path, &there) != 0) {
    memcpy(out->public_key, path, KEY_TEXT_BYTES);
    return STATUS_OK;
  }
  mode_t mode = 0;
  TRY(read_pair(path, out, &mode, err));
  explicit_bzero(out->secret_key, sizeof out->secret_key);
  return STATUS_OK;
}

/* ---- Sockets ------------------------------------------------------------------------------------- */

static status set_option(void *socket, int option, const void *value, size_t bytes, error *err) {
  if (zmq_setsockopt(socket, option, value, bytes) != 0) {
    return error_set(err, STATUS_IO, "cannot set a socket's keys: %s%s", zmq_strerror(errno),
                     zmq_has("curve") ? "" : "; this libzmq was built without CURVE");
  }
  return STATUS_OK;
}

static status set_key(void *socket, int option, const char *key, error *err) {
  return set_option(socket, option, key, KEY_TEXT_BYTES - 1, err);
}

status key_use_client(void *socket, const key_pair *own, const char *broker_key, error *err) {
  TRY(set_key(socket, ZMQ_CURVE_SERVERKEY, broker_key, err));
  TRY(set_key(socket, ZMQ_CURVE_PUBLICKEY, own->public_key, err));
  return set_key(socket, ZMQ_CURVE_SECRETKEY, own->secret_key, err);
}

status key_use_server(void *socket, const key_pair *own, error *err) {
  const int yes = 1;
  TRY(set_option(socket, ZMQ_CURVE_SERVER, &yes, sizeof yes, err));
  TRY(set_key(socket, ZMQ_CURVE_PUBLICKEY, own->public_key, err));
  TRY(set_key(socket, ZMQ_CURVE_SECRETKEY, own->secret_key, err));
  return set_option(socket, ZMQ_ZAP_DOMAIN, KEY_DOMAIN, sizeof KEY_DOMAIN - 1, err);
}

/* ---- Endpoints ----------------------------------------------------------------------------------- */

static bool has_prefix(const char *s, const char *prefix) {
  return strncmp(s, prefix, strlen(prefix)) == 0;
}

static bool is_loopback(const char *host) {
  static const char *const names[] = {"localhost", "[::1]"};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    if (strcmp(host, names[i]) == 0) {
      return true;
    }
  }
  struct in_addr address;
  return inet_pton(AF_INET, host, &address) == 1 && ntohl(address.s_addr) >> 24 == 127;
}

/* A port, or '*' for any.  Anything else that may be there ("source;destination") is not examined. */
static bool is_port(const char *s) {
  return strcmp(s, "*") == 0 || (s[0] != '\0' && strspn(s, "0123456789") == strlen(s));
}

bool endpoint_is_exposed(const char *endpoint) {
  if (has_prefix(endpoint, "inproc://") || has_prefix(endpoint, "ipc://")) {
    return false;
  }
  if (!has_prefix(endpoint, "tcp://")) {
    return true;
  }
  const char *host = endpoint + strlen("tcp://");
  const char *colon = strrchr(host, ':');
  char name[64];
  if (colon == NULL || !is_port(colon + 1) || (size_t)(colon - host) >= sizeof name) {
    return true;
  }
  memcpy(name, host, (size_t)(colon - host));
  name[colon - host] = '\0';
  return !is_loopback(name);
}
