/* For the thread sanitizer alone: libzmq hands messages from thread to thread under locks of its own, which
 * the sanitizer cannot see in a library that was not built with it.  These two declare them; in other builds
 * they do nothing. tests/tsan.supp keeps it from looking into libzmq itself. */
#ifndef CANVASS_PROTO_HANDOVER_H
#define CANVASS_PROTO_HANDOVER_H

#ifdef __SANITIZE_THREAD__
void __tsan_acquire(void *address);
void __tsan_release(void *address);
extern char handover_point;
#endif

/* Before a message is sent or closed: what this thread did with its bytes is done. */
static inline void handover_give(void) {
#ifdef __SANITIZE_THREAD__
  __tsan_release(&handover_point);
#endif
}

/* After a message was received, and before its bytes are freed. */
static inline void handover_take(void) {
#ifdef __SANITIZE_THREAD__
  __tsan_acquire(&handover_point);
#endif
}

#endif
