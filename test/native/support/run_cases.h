// Runs the cases that a program's arguments name: parts of a case's name or of its file's path.
#pragma once

#include <algorithm>
#include <cctype>
#include <iostream>
#include <set>
#include <string>
#include <vector>

#include "check.h"

namespace bobbin::test {

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

inline bool is_named(const Case& test, const std::string& part) {
  return contains(test.name, part) || contains(test.file, part);
}

// Pairs of neighbouring letters, in lower case.
inline std::set<std::string> pairs_of(std::string text) {
  for (char& letter : text) letter = static_cast<char>(std::tolower(letter));
  std::set<std::string> pairs;
  for (std::size_t i = 0; i + 2 <= text.size(); ++i) pairs.insert(text.substr(i, 2));
  return pairs;
}

// The three names or files that share the largest part of their pairs of letters with `part`.
inline std::vector<std::string> near_names(const std::string& part) {
  std::set<std::string> names;
  for (const Case& test : cases()) names.insert({test.name, test.file});
  const auto wanted = pairs_of(part);
  const auto likeness = [&wanted](const std::string& name) {
    const auto pairs = pairs_of(name);
    const auto is_wanted = [&wanted](const std::string& pair) { return wanted.count(pair) > 0; };
    const auto common = std::count_if(pairs.begin(), pairs.end(), is_wanted);
    return 2.0 * static_cast<double>(common) / static_cast<double>(pairs.size() + wanted.size());
  };
  std::vector<std::string> sorted(names.begin(), names.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [&likeness](const auto& a, const auto& b) { return likeness(a) > likeness(b); });
  sorted.resize(std::min<std::size_t>(sorted.size(), 3));
  return sorted;
}

// Whether every part names a case; says which part does not.
inline bool all_name_cases(const std::vector<std::string>& parts) {
  bool all = true;
  for (const std::string& part : parts) {
    const auto fits = [&part](const Case& test) { return is_named(test, part); };
    if (std::any_of(cases().begin(), cases().end(), fits)) continue;
    all = false;
    std::cerr << "Expected a part of a test's name or path but received \"" << part
              << "\"; the nearest are:\n";
    for (const std::string& name : near_names(part)) std::cerr << "  " << name << "\n";
  }
  return all;
}

// Runs a case and returns whether it passed; a failure is printed.
inline bool passes(const Case& test) {
  try {
    test.run();
    return true;
  } catch (const std::exception& error) {
    std::cerr << "not ok: " << test.name << "\n  " << error.what() << "\n";
    return false;
  }
}

// Runs the cases that any of the `parts` names, or all if there are no parts. Returns main's exit
// status: 1 if a case failed, no case ran, or a part names no case.
inline int run_cases(const std::vector<std::string>& parts) {
  if (!all_name_cases(parts)) return 1;
  std::size_t ran = 0, passed = 0;
  for (const Case& test : cases()) {
    const auto names = [&test](const std::string& part) { return is_named(test, part); };
    if (!parts.empty() && std::none_of(parts.begin(), parts.end(), names)) continue;
    ++ran;
    if (passes(test)) ++passed;
  }
  std::cout << passed << " of " << ran << " native tests passed";
  if (ran < cases().size()) std::cout << ", " << cases().size() - ran << " others were not named";
  std::cout << "\n";
  return passed < ran || ran == 0 ? 1 : 0;
}

}  // namespace bobbin::test
