/* A plugin that does something wrong while it is loaded: what, the environment says. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/abi/bad/minimal.h"

static int* volatile nowhere = NULL;

__attribute__((constructor)) static void on_load(void) {
  const char* what = getenv("SLUICE_TEST_LOADING");
  if (what == NULL) return;
  if (strcmp(what, "prints") == 0) puts("noise");
  if (strcmp(what, "prints_for_ever") == 0) {
    for (;;) puts("noise");
  }
  if (strcmp(what, "exits") == 0) {
    fputs("going", stderr);
    _exit(3);
  }
  if (strcmp(what, "aborts") == 0) abort();
  if (strcmp(what, "kills_itself") == 0) raise(SIGKILL);
  if (strcmp(what, "crashes") == 0) *nowhere = 1;
  if (strcmp(what, "closes_all") == 0) {
    for (int fd = 1; fd < 1024; ++fd) close(fd);
    _exit(0);
  }
  if (strcmp(what, "loops") == 0) {
    for (;;) pause();
  }
}

PLUGIN((void)0)
