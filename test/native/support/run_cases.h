// Runs the cases that a program's arguments name: parts of a case's name or of its file's path.
#pragma once

#include <algorithm>
#include <cctype>
#include <iostream>
#include <numeric>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "check.h"

namespace bobbin::test {

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

inline bool is_named(const Case& test, const std::string& part) {
  return contains(test.name, part) || contains(test.file, part);
}

// The words of a name or a path, in lower case.
inline std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> words(1);
  for (const char letter : text) {
    if (std::isalnum(letter)) {
      words.back() += static_cast<char>(std::tolower(letter));
    } else if (!words.back().empty()) {
      words.emplace_back();
    }
  }
  return words;
}

// The insertions, removals and replacements of letters that turn `from` into `to`: Levenshtein's
// distance.
inline std::size_t edits(const std::string& from, const std::string& to) {
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (const char letter : from) {
    std::size_t corner = row[0]++;
    for (std::size_t j = 0; j < to.size(); ++j) {
      const std::size_t replaced = corner + (letter == to[j] ? 0 : 1);
      corner = row[j + 1];
      row[j + 1] = std::min({row[j] + 1, row[j + 1] + 1, replaced});
    }
  }
  return row.back();
}

// The edits that turn each word of `part` into its nearest word of `name`, in all.
inline std::size_t distance(const std::string& part, const std::string& name) {
  std::size_t total = 0;
  for (const std::string& word : words_of(part)) {
    std::size_t least = word.size();
    for (const std::string& other : words_of(name)) least = std::min(least, edits(word, other));
    total += least;
  }
  return total;
}

// The three names or files whose words are most like those of `part`.
inline std::vector<std::string> near_names(const std::string& part) {
  std::set<std::pair<std::size_t, std::string>> rated;
  for (const Case& test : cases()) {
    for (const std::string& name : {test.name, test.file})
      rated.insert({distance(part, name), name});
  }
  std::vector<std::string> near;
  for (const auto& [_, name] : rated) {
    if (near.size() < 3) near.push_back(name);
  }
  return near;
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
