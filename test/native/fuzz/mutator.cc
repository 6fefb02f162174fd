// Changes use the positions of a file's segments, so that most changed files still reach the scan.
#include "fuzz/mutator.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <vector>

#include "core/base/random.h"
#include "support/images.h"

namespace bobbin::test {
namespace {

using core::Random;

constexpr std::uint8_t kFrame = 0xc0, kHuffman = 0xc4, kRestart = 0xd0, kScan = 0xda,
                       kQuantization = 0xdb, kInterval = 0xdd;
constexpr int kMostChanges = 6;

// A marker segment: FF, the marker, two bytes of length, and the content.
struct Segment {
  std::uint8_t marker;
  std::size_t begin, end;
  std::size_t payload() const { return begin + 4; }
};

// The valid segments up to the scan's header.
std::vector<Segment> segments_of(const File& file) {
  std::vector<Segment> segments;
  for (std::size_t at = 2; at + 4 <= file.size() && file[at] == 0xff;) {
    const std::size_t end = at + 2 + (std::size_t{file[at + 2]} << 8 | file[at + 3]);
    if (end > file.size() || end < at + 4) break;
    segments.push_back({file[at + 1], at, end});
    if (file[at + 1] == kScan) break;
    at = end;
  }
  return segments;
}

std::size_t scan_begin(const File& file) {
  const auto segments = segments_of(file);
  return segments.empty() ? 0 : segments.back().end;
}

std::size_t below(Random& random, std::size_t count) {
  return count == 0 ? 0 : static_cast<std::size_t>(random.below(static_cast<int>(count)));
}

std::uint8_t any_byte(Random& random) {
  static constexpr std::array<std::uint8_t, 10> kOdd = {0,    1,    0x7f, 0x80, 0xff,
                                                        0xf0, 0xd0, 0xd1, 0xd9, 0x11};
  return random.below(2) == 0 ? kOdd[below(random, kOdd.size())]
                              : static_cast<std::uint8_t>(random.below(256));
}

// Anywhere, or in the scan, where most of the bytes of a real file are.
std::size_t any_place(const File& file, Random& random) {
  // Headers may end at the end of the file.
  const std::size_t begin = random.below(3) == 0 ? 0 : std::min(scan_begin(file), file.size() - 1);
  return begin + below(random, file.size() - begin);
}

// The segment of a kind, or null.
const Segment* find(const std::vector<Segment>& segments, std::uint8_t marker, Random& random) {
  std::vector<const Segment*> found;
  for (const Segment& segment : segments) {
    if (segment.marker == marker && segment.end > segment.payload()) found.push_back(&segment);
  }
  return found.empty() ? nullptr : found[below(random, found.size())];
}

void insert(File& file, std::size_t at, const File& bytes) {
  file.insert(file.begin() + static_cast<std::ptrdiff_t>(at), bytes.begin(), bytes.end());
}

void erase(File& file, std::size_t begin, std::size_t end) {
  file.erase(file.begin() + static_cast<std::ptrdiff_t>(begin),
             file.begin() + static_cast<std::ptrdiff_t>(end));
}

File segment(std::uint8_t marker, const File& payload) {
  const std::size_t length = payload.size() + 2;
  File bytes(2 + length);
  bytes[0] = 0xff;
  bytes[1] = marker;
  bytes[2] = static_cast<std::uint8_t>(length >> 8);
  bytes[3] = static_cast<std::uint8_t>(length);
  std::copy(payload.begin(), payload.end(), bytes.begin() + 4);
  return bytes;
}

void flip_bits(File& file, const Corpus&, Random& random) {
  for (int i = random.below(8); i >= 0; --i) {
    file[any_place(file, random)] ^= static_cast<std::uint8_t>(1 << random.below(8));
  }
}

void set_bytes(File& file, const Corpus&, Random& random) {
  for (int i = random.below(4); i >= 0; --i) file[any_place(file, random)] = any_byte(random);
}

void copy_block(File& file, const Corpus&, Random& random) {
  const std::size_t from = any_place(file, random), to = any_place(file, random);
  const std::size_t count = std::min(below(random, 64) + 1, file.size() - std::max(from, to));
  const File block(file.begin() + static_cast<std::ptrdiff_t>(from),
                   file.begin() + static_cast<std::ptrdiff_t>(from + count));
  if (random.below(2) == 0) {
    insert(file, to, block);
  } else {
    std::copy(block.begin(), block.end(), file.begin() + static_cast<std::ptrdiff_t>(to));
  }
}

void erase_block(File& file, const Corpus&, Random& random) {
  const std::size_t at = any_place(file, random);
  erase(file, at, std::min(file.size(), at + 1 + below(random, 16)));
}

void truncate(File& file, const Corpus&, Random& random) { file.resize(any_place(file, random)); }

void edit_length(File& file, const Corpus&, Random& random) {
  const auto segments = segments_of(file);
  if (segments.empty()) return;
  const std::size_t at = segments[below(random, segments.size())].begin + 2;
  if (random.below(4) == 0) {
    file[at] = any_byte(random);
  } else {
    file[at + 1] = static_cast<std::uint8_t>(file[at + 1] + random.below(9) - 4);
  }
}

// A symbol that files have, or, as often as `wildness` of 64 times, any.
int draw_symbol(bool dc, int wildness, Random& random) {
  int symbol = random.below(dc ? 12 : 4) | (dc ? 0 : random.below(3) << 4);
  if (!dc && random.below(8) == 0) symbol = 0xf0;
  if (!dc && random.below(4) == 0) symbol = 0;
  if (random.below(64) < wildness) symbol = random.below(dc ? 20 : 256);
  return symbol;
}

// A valid table, often with short codes for symbols that are rare elsewhere.
File draw_codes(std::uint8_t table_id, Random& random) {
  File table(17);
  table[0] = table_id;
  int space = 1 << 16, total = 0;
  const int full = 2 + random.below(15);
  for (int length = 1; length <= full; ++length) {
    const int most = std::min((space - 1) >> (16 - length), 256 - total);
    const int count = length == full ? most : std::min(random.below(4), most);
    table[length] = static_cast<std::uint8_t>(std::min(count, 255));
    total += table[length];
    space -= table[length] << (16 - length);
  }
  const bool dc = table_id < 0x10;
  const int wildness = random.below(8);
  for (int i = 0; i < total; ++i) {
    table.push_back(static_cast<std::uint8_t>(draw_symbol(dc, wildness, random)));
  }
  return table;
}

void edit_codes(File& file, const Corpus&, Random& random) {
  const auto segments = segments_of(file);
  const Segment* found = find(segments, kHuffman, random);
  if (!found || found->end < found->payload() + 18) return;
  std::uint8_t* const table = file.data() + found->payload();
  switch (random.below(4)) {
    case 0: {  // The total stays.
      const std::size_t from = 1 + below(random, 16), to = 1 + below(random, 16);
      if (table[from] > 0) --table[from], ++table[to];
      return;
    }
    case 1:
      table[17 + below(random, found->end - found->payload() - 17)] = any_byte(random);
      return;
    default: {
      const File other = segment(kHuffman, draw_codes(table[0] & 0x11, random));
      const std::size_t begin = found->begin;
      erase(file, begin, found->end);
      insert(file, begin, other);
    }
  }
}

void edit_quantization(File& file, const Corpus&, Random& random) {
  const auto segments = segments_of(file);
  const Segment* found = find(segments, kQuantization, random);
  if (!found) return;
  const bool all = random.below(2) == 0;
  const int most = 1 << random.below(9);
  const std::size_t size = found->end - found->payload();
  for (std::size_t i = all ? 1 : below(random, size); i < size; ++i) {
    file[found->payload() + i] = static_cast<std::uint8_t>(random.below(most) + (all ? 1 : 0));
    if (!all) return;
  }
}

// Sizes stay small, so that a file costs little.
void edit_frame(File& file, const Corpus&, Random& random) {
  const auto segments = segments_of(file);
  const Segment* found = find(segments, kFrame, random);
  if (!found || found->end < found->payload() + 9) return;
  std::uint8_t* const frame = file.data() + found->payload();
  switch (random.below(4)) {
    case 0:
      frame[random.below(2) == 0 ? 2 : 4] = any_byte(random);
      return;
    case 1: {
      static constexpr std::array<std::uint8_t, 6> kFactors = {0x11, 0x12, 0x21, 0x22, 0x31, 0x41};
      frame[7] = kFactors[below(random, kFactors.size())];
      return;
    }
    default:
      frame[below(random, found->end - found->payload())] = any_byte(random);
  }
}

void edit_scan_header(File& file, const Corpus&, Random& random) {
  const auto segments = segments_of(file);
  const Segment* found = find(segments, kScan, random);
  if (!found) return;
  const std::size_t at = found->payload() + below(random, found->end - found->payload());
  file[at] = random.below(2) == 0 ? any_byte(random) : static_cast<std::uint8_t>(random.below(4));
}

void edit_interval(File& file, const Corpus&, Random& random) {
  const auto segments = segments_of(file);
  const auto interval = static_cast<std::uint8_t>(random.below(random.below(2) == 0 ? 4 : 256));
  if (const Segment* found = find(segments, kInterval, random)) {
    file[found->end - 1] = interval;
  } else if (!segments.empty()) {
    insert(file, segments.back().begin, segment(kInterval, {0, interval}));
  }
}

void insert_marker(File& file, const Corpus&, Random& random) {
  static constexpr std::array<std::uint8_t, 6> kMarkers = {0, 0xff, 0xd9, 0xd8, 0xda, 0x01};
  const bool restart = random.below(2) == 0;
  const auto marker = static_cast<std::uint8_t>(restart ? kRestart + random.below(8)
                                                        : kMarkers[below(random, kMarkers.size())]);
  insert(file, any_place(file, random), {0xff, marker});
}

// Removes, doubles or renumbers a restart.
void edit_restart(File& file, const Corpus&, Random& random) {
  std::vector<std::size_t> found;
  for (std::size_t at = scan_begin(file); at + 2 <= file.size(); ++at) {
    if (file[at] == 0xff && (file[at + 1] & 0xf8) == kRestart) found.push_back(at);
  }
  if (found.empty()) return;
  const std::size_t at = found[below(random, found.size())];
  switch (random.below(3)) {
    case 0:
      erase(file, at, at + 2);
      return;
    case 1:
      insert(file, at, {0xff, file[at + 1]});
      return;
    default:
      file[at + 1] = static_cast<std::uint8_t>(kRestart + random.below(8));
  }
}

void edit_segments(File& file, const Corpus&, Random& random) {
  const auto segments = segments_of(file);
  if (segments.empty()) return;
  const Segment& from = segments[below(random, segments.size())];
  const Segment& to = segments[below(random, segments.size())];
  const File copy(file.begin() + static_cast<std::ptrdiff_t>(from.begin),
                  file.begin() + static_cast<std::ptrdiff_t>(from.end));
  if (random.below(3) == 0) {
    erase(file, from.begin, from.end);
  } else {
    insert(file, to.begin, copy);
  }
}

// Another file's scan after this one's headers, or the two cut anywhere.
void splice(File& file, const Corpus& corpus, Random& random) {
  const File& other = corpus[below(random, corpus.size())];
  const bool scans = random.below(3) != 0;
  const std::size_t end = scans ? std::min(scan_begin(file), file.size()) : any_place(file, random);
  const std::size_t begin = scans ? scan_begin(other) : any_place(other, random);
  file.resize(end);
  file.insert(file.end(), other.begin() + static_cast<std::ptrdiff_t>(begin), other.end());
}

// Noise instead of the scan: with a table that leaves few bits unused, much of it decodes.
void draw_scan(File& file, const Corpus&, Random& random) {
  file.resize(std::min(scan_begin(file), file.size()));
  const int kind = random.below(3);
  for (int i = random.below(4000); i >= 0; --i) {
    const int byte = kind == 0
                         ? random.below(256) & random.below(256)
                         : (kind == 1 ? random.below(256) | random.below(256) : random.below(256));
    file.push_back(static_cast<std::uint8_t>(byte));
    if (byte == 0xff) file.push_back(0);
  }
}

using Change = void (*)(File&, const Corpus&, Random&);
constexpr Change kChanges[] = {
    flip_bits,   flip_bits,         set_bytes,  copy_block,       erase_block,   truncate,
    edit_length, edit_codes,        edit_codes, edit_scan_header, edit_interval, insert_marker,
    edit_frame,  edit_quantization, splice,     edit_restart,     edit_segments, draw_scan};

}  // namespace

Corpus draw_corpus() {
  std::vector<Encoding> encodings = baseline_encodings();
  encodings.push_back({.progressive = true});
  Corpus corpus;
  for (const Encoding& encoding : encodings) {
    for (const auto& [width, height] : {std::array{8, 8}, {17, 9}, {40, 31}, {70, 50}}) {
      corpus.push_back(encode_jpeg(draw_picture(width, height, width), encoding));
    }
  }
  return corpus;
}

File mutate(const Corpus& corpus, Random& random) {
  File file = corpus[below(random, corpus.size())];
  // Fewer changes are likelier: files with several changes rarely decode.
  for (int i = random.below(1 + random.below(kMostChanges)); i >= 0 && file.size() > 4; --i) {
    kChanges[below(random, std::size(kChanges))](file, corpus, random);
  }
  return file;
}

}  // namespace bobbin::test
