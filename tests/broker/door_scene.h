/* A broker's socket behind a door, peers that come to it, and what becomes of them. */
#ifndef CANVASS_TESTS_BROKER_DOOR_SCENE_H
#define CANVASS_TESTS_BROKER_DOOR_SCENE_H

#include <stdint.h>

#include "broker/door.h"
#include "proto/wire.h"

enum { SCENE_KEYS = 4 };

typedef struct scene {
  void *context;
  door *door;
  void *server, *monitor;
  char endpoint[128];
  key_pair server_key, keys[SCENE_KEYS];
  wire_message *incoming;
} scene;

/* Set-up and tear-down of a test. */
int scene_open(void **state);
int scene_close(void **state);
#define AT_THE_DOOR(test) cmocka_unit_test_setup_teardown(test, scene_open, scene_close)

key_pair scene_pair(void);
/* A list of some of the scene's keys: bit i for key i. */
key_list *scene_list(const scene *s, unsigned which);
void *scene_socket(scene *s, int type);

/* A peer that connects and says hello as TITLE; with keys, or as SOCKET is. */
void *scene_come(scene *s, const key_pair *own, const char *server_key, const char *title);
void *scene_greet(void *socket, const char *endpoint, const char *title);

void scene_wait_for(void *socket);
/* The next message at SOCKET is the hello of TITLE with KEY. */
void scene_expect_hello(scene *s, void *socket, const char *title, const char *key);
/* Somebody was turned away at the door. */
void scene_expect_turned_away(scene *s, const char *key);
/* Somebody's handshake broke off before the door was asked. */
void scene_expect_broken_handshake(scene *s);

#endif
