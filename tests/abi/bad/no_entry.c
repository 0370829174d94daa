/* A shared object, but no plugin. */
int sluice_answer(void);
int sluice_answer(void) { return 42; }
