// Runs every case, or those whose name contains the first argument; exits 1 if any failed.
#include "support/check.h"

int main(int count, char** arguments) {
  return bobbin::test::run_cases(count > 1 ? arguments[1] : "");
}
