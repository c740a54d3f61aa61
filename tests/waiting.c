/* SIGALRM: whatever hangs, a handler still runs. */
#include "tests/waiting.h"

#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WAIT_S = 3300 /* ctest's limit is 3600 */ };

static char awaited[256];

static void say(const char *text) {
  const ssize_t written = write(STDERR_FILENO, text, strlen(text));
  (void)written; /* there is nobody else to tell */
}

static void give_up(int number) {
  (void)number;
  say("\nthis test hangs; the last thing that it waited for: ");
  say(awaited);
  say("\n");
  _exit(1);
}

void waiting_for(const char *format, ...) {
  static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  static bool is_armed;
  va_list arguments;
  pthread_mutex_lock(&mutex);
  va_start(arguments, format);
  vsnprintf(awaited, sizeof awaited, format, arguments);
  va_end(arguments);
  if (!is_armed) {
    const char *seconds = getenv("CANVASS_WAIT_SECONDS");
    const struct sigaction action = {.sa_handler = give_up};
    sigaction(SIGALRM, &action, NULL);
    alarm(seconds != NULL ? (unsigned)strtoul(seconds, NULL, 10) : WAIT_S);
    is_armed = true;
  }
  pthread_mutex_unlock(&mutex);
}
