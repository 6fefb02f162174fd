// bobbin_tests [NAME…]: runs every case, or those with a NAME in their name or their file's path;
// exits 1 if a case failed or a NAME fits none.
#include "support/run_cases.h"

int main(int count, char** arguments) {
  return bobbin::test::run_cases({arguments + 1, arguments + count});
}
