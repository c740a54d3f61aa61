/* A broker's socket behind a door, peers that come to it, and what becomes of them.
 *
 * The scene owns its sockets and the list of keys: a test, passed or failed, leaves nothing to be closed. */
#ifndef CANVASS_TESTS_BROKER_DOOR_SCENE_H
#define CANVASS_TESTS_BROKER_DOOR_SCENE_H

#include <stdint.h>

#include "broker/door.h"
#include "proto/wire.h"
#include "tests/sockets.h"

enum { SCENE_KEYS = 4 };

typedef struct scene {
  sockets *inside;  /* the door and the server */
  sockets *outside; /* who comes */
  door *door;
  void *server, *monitor;
  char endpoint[128];
  key_pair server_key, keys[SCENE_KEYS];
  key_list *allowed;
  unsigned accepted, gone; /* connections to the server, as far as its monitor was read */
  wire_message *incoming;
} scene;

/* Set-up and tear-down of a test. */
int scene_open(void **state);
int scene_close(void **state);
#define AT_THE_DOOR(test) cmocka_unit_test_setup_teardown(test, scene_open, scene_close)

key_pair scene_pair(void);
/* From now on the door lets in some of the scene's keys, bit i for key i, and no others. */
void scene_allow(scene *s, unsigned which);
/* SERVER listens on a port of its own; the scene's endpoint and monitor are its own from now on. */
void scene_listen(scene *s, void *server);

/* A peer that connects and says hello as TITLE; with keys, or as SOCKET is. */
void *scene_come(scene *s, const key_pair *own, const char *server_key, const char *title);
void *scene_greet(void *socket, const char *endpoint, const char *title);
void scene_say_hello(void *socket, const char *title);
void scene_leave(scene *s, void *socket);
/* Who is outside leaves; returns when nothing of them is left on their side. */
void scene_send_home(scene *s);

/* The next message at SOCKET is the hello of TITLE with KEY. */
void scene_expect_hello(scene *s, void *socket, const char *title, const char *key);
/* Somebody with KEY was turned away at the door, and the server knows it. */
void scene_expect_turned_away(scene *s, const char *key);
/* Somebody's handshake broke off before the door was asked. */
void scene_expect_broken_handshake(scene *s);
/* All connections to the server but the last STAYING have ended. */
void scene_expect_gone(scene *s, unsigned staying);

#endif
