// A filter along one axis: the samples of each output, and their weights.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "core/base/filter.h"
#include "core/kernels/kernels.h"

namespace bobbin::core {

// Part of an axis of `length` samples: only samples from `begin` to `end` are held. Samples past
// the axis's end, and those before `first`, do not belong to it.
struct Axis {
  int length = 0;
  int begin = 0, end = 0;
  int first = 0;

  int held() const { return std::min(end, length); }  // One after the last sample.
};

class Taps {
 public:
  // Sets the filter for `outputs` equal steps from `start` over `length` samples of an axis. A step
  // counts as at least one sample for the filter's width; the weights of an output sum to 1.
  // `reversed` puts the last output first.
  void set(double start, double length, int outputs, bool reversed, const Axis& axis,
           FilterKind kind = FilterKind::kBilinear);

  // The same outputs from an axis with half the samples of `whole`. Includes libjpeg's upsampling,
  // ¾ of the nearer and ¼ of the other neighbour: both filters in one. That neighbour may lie
  // outside of the axis of `whole`, if it is on this one.
  void halve(const Taps& whole, const Axis& axis);

  int begin() const { return begin_; }  // The first sample that any output needs.
  int end() const { return end_; }      // One after the last.

  // The filter from `output`; samples are counted from `begin`.
  Filter filter(int output = 0) const {
    const WordPair* words = count_ > kMostWords ? nullptr : words_.data();
    return Filter{first_.data(), weights_.data(), words, count_, stride_, kind_}.from(output);
  }

  // The total weight of each sample in all outputs, from `begin` to `end`.
  void totals(std::vector<float>& totals) const;

 private:
  // Each output takes `count` samples, or all that are held if they are fewer.
  void resize(int outputs, int count, const Axis& axis);
  template <FilterKind kind>
  void set_weights(double origin, double turn, double reach, const Axis& axis);
  template <FilterKind kind>
  void halve_weights(const Taps& whole, const Axis& axis);
  void finish();
  void halve_at_edge(const Taps& whole, int output, const Axis& axis);

  FilterKind kind_ = FilterKind::kBilinear;
  int outputs_ = 0, count_ = 0;
  int stride_ = 0;  // Outputs, and as many more as kernels may compute.
  std::vector<int> first_;
  // The first weights of all outputs, then the second weights, and so on.
  std::vector<float> weights_;
  std::vector<WordPair> words_;
  // Of each output's filter: the distance of its first sample from its top, and the factor that
  // turns heights into weights.
  std::vector<float> distances_, scales_;
  float slope_ = 1;  // Steps in a sample.
  int begin_ = 0, end_ = 0;
  Axis axis_;
};

}  // namespace bobbin::core
