/* The handler sets a flag and nothing else. */
#include "cli/interrupt.h"

#include <signal.h>
#include <stdatomic.h>
#include <string.h>

enum { SIGNALLED = 128 };

static atomic_int received; /* the first signal; lock-free: a handler may set it */

static void on_signal(int number) {
  int none = 0;
  (void)atomic_compare_exchange_strong(&received, &none, number);
}

void interrupt_prepare(void) {
  static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
  struct sigaction action;
  memset(&action, 0, sizeof action);
  (void)sigemptyset(&action.sa_mask);
  action.sa_handler = on_signal;
  action.sa_flags = (int)SA_RESETHAND; /* the second one ends the program at once */
  for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
    struct sigaction before;
    bool is_ignored = sigaction(numbers[i], NULL, &before) == 0 && before.sa_handler == SIG_IGN;
    if (!is_ignored) { /* nohup and background jobs ignore some: keep that */
      (void)sigaction(numbers[i], &action, NULL);
    }
  }
  action.sa_handler = SIG_IGN;
  action.sa_flags = 0;
  (void)sigaction(SIGPIPE, &action, NULL);
}

bool interrupt_requested(void) {
  return atomic_load(&received) != 0;
}

int interrupt_exit_code(status st) {
  const int number = atomic_load(&received);
  return st == STATUS_INTERRUPTED && number != 0 ? SIGNALLED + number : status_exit_code(st);
}
