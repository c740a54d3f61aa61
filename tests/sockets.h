/* A ZeroMQ context and the sockets that a test has open in it.
 *
 * The end of a context waits for every socket in it: one that a failed assertion leaves open would hold the
 * test in its tear-down, before cmocka has said what failed.  So sockets belong to this, and go with it. */
#ifndef CANVASS_TESTS_SOCKETS_H
#define CANVASS_TESTS_SOCKETS_H

typedef struct sockets sockets;

/* Fails the running test when there is no memory. */
sockets *sockets_new(void);
void *sockets_context(const sockets *s);
/* A socket of TYPE that drops what was not sent when it is closed. */
void *sockets_open(sockets *s, int type);
/* Closes a socket now; otherwise sockets_destroy does. */
void sockets_close(sockets *s, void *socket);
/* Closes what is open, and returns when nothing of the context is left: no thread, no descriptor.  S may be
 * NULL. */
void sockets_destroy(sockets *s);

/* Waits until a message has come to SOCKET; WHAT it is to be is said if it never does. */
void sockets_wait(void *socket, const char *what);

#endif
