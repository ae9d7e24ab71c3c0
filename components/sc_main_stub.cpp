// SPDX-License-Identifier: Apache-2.0

/// libsystemc wants the symbol; our programs have a main() of their own and never get here.
extern "C" int sc_main(int, char**) {
  return 1;
}

#ifdef __SANITIZE_ADDRESS__
/// SystemC guards the stacks of its threads with pages that nobody may read; the search for leaks reads them and dies.
extern "C" const char* __asan_default_options() {
  return "detect_leaks=0";
}
#endif
