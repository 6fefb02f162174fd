// Runs every case, or those whose name contains the first argument; exits 1 if any failed.
#include <exception>
#include <iostream>

#include "check.h"

int main(int count, char** arguments) {
  const std::string wanted = count > 1 ? arguments[1] : "";
  int ran = 0, failed = 0;
  for (const bobbin::test::Case& test : bobbin::test::cases()) {
    if (test.name.find(wanted) == std::string::npos) continue;
    ++ran;
    try {
      test.run();
    } catch (const std::exception& error) {
      ++failed;
      std::cerr << "not ok: " << test.name << "\n  " << error.what() << "\n";
    }
  }
  std::cout << ran - failed << " of " << ran << " native tests passed\n";
  return failed > 0 || ran == 0 ? 1 : 0;
}
