/* Doubly linked lists through their members.  An empty list, and a member that is in none, points to
 * itself. */
#ifndef CANVASS_BROKER_CORE_CHAIN_H
#define CANVASS_BROKER_CORE_CHAIN_H

#include <stdbool.h>
#include <stddef.h>

typedef struct chain {
  struct chain *prev, *next;
} chain;

/* The TYPE whose MEMBER is at AT. */
#define CHAIN_OWNER(at, type, member) ((type *)(void *)((char *)(at)-offsetof(type, member)))

static inline void chain_init(chain *l) {
  l->prev = l->next = l;
}

static inline bool chain_is_alone(const chain *l) {
  return l->next == l;
}

static inline void chain_add_after(chain *at, chain *l) {
  l->prev = at;
  l->next = at->next;
  at->next->prev = l;
  at->next = l;
}

static inline void chain_add_last(chain *list, chain *l) {
  chain_add_after(list->prev, l);
}

static inline void chain_remove(chain *l) {
  l->prev->next = l->next;
  l->next->prev = l->prev;
  chain_init(l);
}

#endif
