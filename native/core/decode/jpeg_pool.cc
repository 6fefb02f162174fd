// The methods of libjpeg's memory manager that decompression uses. Errors leave them by longjmp, so
// they have no objects with a destructor.
#include "core/decode/jpeg_pool.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>  // IWYU pragma: keep (for placement new)
#include <utility>

// clang-format off: jerror.h needs jpeglib.h before it.
#include <jpeglib.h>
#include <jerror.h>
// clang-format on

#include "core/base/scratch.h"

namespace bobbin::core {
namespace {

// libjpeg-turbo pads its rows like this: its vector code reads and writes whole vectors.
constexpr std::size_t kAlignment = 64;
constexpr std::size_t kSmallestBlock = std::size_t{64} << 10;
// Enough for a progressive file of common size.
constexpr std::size_t kLargestKept = std::size_t{4} << 20;

constexpr std::size_t aligned(std::size_t bytes) {
  return (bytes + kAlignment - 1) / kAlignment * kAlignment;
}

// Files of more than 8 bits, where libjpeg-turbo reads them, have two bytes a sample.
std::size_t bytes_per_sample(j_common_ptr info) {
  return reinterpret_cast<j_decompress_ptr>(info)->data_precision > 8 ? 2 : 1;
}

JpegPool& pool_of(j_common_ptr info) { return *static_cast<JpegPool*>(info->client_data); }

[[noreturn]] void refuse_access(j_common_ptr info) {
  ERREXIT(info, JERR_BAD_VIRTUAL_ACCESS);
  // The jump is through a function pointer, which does not say that it never returns.
  std::abort();
}

}  // namespace

struct alignas(kAlignment) JpegPool::Block {
  Block* next;
  std::size_t size;  // Of what follows this header.
  std::size_t used;

  std::uint8_t* data() { return reinterpret_cast<std::uint8_t*>(this + 1); }
};

// An array of blocks for a whole image. libjpeg requests several arrays, then memory for all of
// them, then some rows at a time.
struct JpegPool::Coefficients {
  Coefficients* next;
  JDIMENSION blocks, rows;  // Blocks in a row.
  JBLOCKARRAY row;          // Null until there is memory.
};

// The same of samples.
struct JpegPool::Samples {
  Samples* next;
  JDIMENSION width, rows;
  JSAMPARRAY row;
};

JpegPool::~JpegPool() {
  while (blocks_) free_first();
}

void JpegPool::install(jpeg_decompress_struct& info) {
  original_ = *info.mem;
  info.client_data = this;
  info.mem->alloc_small = allocate;
  info.mem->alloc_large = allocate;
  info.mem->alloc_sarray = allocate_rows;
  info.mem->request_virt_barray = request_coefficients;
  info.mem->request_virt_sarray = request_samples;
  info.mem->realize_virt_arrays = allocate_arrays;
  info.mem->access_virt_barray = coefficient_rows;
  info.mem->access_virt_sarray = sample_rows;
  info.mem->free_pool = free;
}

void* JpegPool::allocate(j_common_ptr info, int, std::size_t bytes) {
  void* memory = pool_of(info).take(bytes);
  if (!memory) ERREXIT1(info, JERR_OUT_OF_MEMORY, 0);
  return memory;
}

JSAMPARRAY JpegPool::allocate_rows(j_common_ptr info, int pool, JDIMENSION width, JDIMENSION rows) {
  const std::size_t stride = aligned(std::size_t{width} * bytes_per_sample(info));
  auto* array = static_cast<JSAMPARRAY>(allocate(info, pool, rows * sizeof(JSAMPROW)));
  auto* samples = static_cast<JSAMPROW>(allocate(info, pool, rows * stride));
  for (JDIMENSION row = 0; row < rows; ++row) array[row] = samples + row * stride;
  return array;
}

jvirt_barray_ptr JpegPool::request_coefficients(j_common_ptr info, int pool, boolean,
                                                JDIMENSION blocks, JDIMENSION rows, JDIMENSION) {
  Coefficients*& all = pool_of(info).coefficients_;
  void* memory = allocate(info, pool, sizeof(Coefficients));
  all = new (memory) Coefficients{all, blocks, rows, nullptr};
  return reinterpret_cast<jvirt_barray_ptr>(all);
}

jvirt_sarray_ptr JpegPool::request_samples(j_common_ptr info, int pool, boolean, JDIMENSION width,
                                           JDIMENSION rows, JDIMENSION) {
  Samples*& all = pool_of(info).samples_;
  void* memory = allocate(info, pool, sizeof(Samples));
  all = new (memory) Samples{all, width, rows, nullptr};
  return reinterpret_cast<jvirt_sarray_ptr>(all);
}

void JpegPool::allocate_arrays(j_common_ptr info) {
  for (Samples* array = pool_of(info).samples_; array; array = array->next) {
    if (array->row) continue;
    array->row = allocate_rows(info, JPOOL_IMAGE, array->width, array->rows);
    for (JDIMENSION y = 0; y < array->rows; ++y) {
      std::memset(array->row[y], 0, array->width * bytes_per_sample(info));
    }
  }
  for (Coefficients* array = pool_of(info).coefficients_; array; array = array->next) {
    if (array->row) continue;
    const std::size_t bytes = std::size_t{array->blocks} * array->rows * sizeof(JBLOCK);
    auto* blocks = static_cast<JBLOCKROW>(allocate(info, JPOOL_IMAGE, bytes));
    // Always zeros: blocks that a scan leaves out must not show another image.
    std::memset(blocks, 0, bytes);
    void* rows = allocate(info, JPOOL_IMAGE, array->rows * sizeof(JBLOCKROW));
    array->row = static_cast<JBLOCKARRAY>(rows);
    for (JDIMENSION y = 0; y < array->rows; ++y) {
      array->row[y] = blocks + std::size_t{y} * array->blocks;
    }
  }
}

JBLOCKARRAY JpegPool::coefficient_rows(j_common_ptr info, jvirt_barray_ptr of, JDIMENSION first,
                                       JDIMENSION count, boolean) {
  const auto* array = reinterpret_cast<const Coefficients*>(of);
  if (!array->row || count > array->rows || first > array->rows - count) {
    refuse_access(info);
  }
  return array->row + first;
}

JSAMPARRAY JpegPool::sample_rows(j_common_ptr info, jvirt_sarray_ptr of, JDIMENSION first,
                                 JDIMENSION count, boolean) {
  const auto* array = reinterpret_cast<const Samples*>(of);
  if (!array->row || count > array->rows || first > array->rows - count) {
    refuse_access(info);
  }
  return array->row + first;
}

void JpegPool::free(j_common_ptr info, int pool) {
  JpegPool& self = pool_of(info);
  self.original_.free_pool(info, pool);
  if (pool != JPOOL_IMAGE) return;
  auto& decoder = *reinterpret_cast<j_decompress_ptr>(info);
  std::fill_n(decoder.quant_tbl_ptrs, NUM_QUANT_TBLS, nullptr);
  std::fill_n(decoder.dc_huff_tbl_ptrs, NUM_HUFF_TBLS, nullptr);
  std::fill_n(decoder.ac_huff_tbl_ptrs, NUM_HUFF_TBLS, nullptr);
  self.reset();
}

// Returns null if the system has no memory left.
void* JpegPool::take(std::size_t bytes) {
  const std::size_t size = aligned(bytes);
  if ((!blocks_ || blocks_->size - blocks_->used < size) &&
      !add_block(std::max(size, kSmallestBlock))) {
    return nullptr;
  }
  return blocks_->data() + std::exchange(blocks_->used, blocks_->used + size);
}

bool JpegPool::add_block(std::size_t bytes) {
  void* memory = allocate_memory(sizeof(Block) + bytes);
  if (!memory) return false;
  blocks_ = new (memory) Block{blocks_, bytes, 0};
  return true;
}

void JpegPool::free_first() {
  Block* first = std::exchange(blocks_, blocks_->next);
  free_memory(first, sizeof(Block) + first->size);
}

// Replaces several blocks of an image by one of their total size.
void JpegPool::reset() {
  coefficients_ = nullptr;
  samples_ = nullptr;
  if (!blocks_) return;
  if (blocks_->next) {
    std::size_t total = 0;
    while (blocks_) {
      total += blocks_->size;
      free_first();
    }
    if (!add_block(std::min(total, kLargestKept))) return;
  }
  blocks_->used = 0;
}

}  // namespace bobbin::core
