/** tfjs-node's int64 tensors: the class by which the active backend knows them. */

const { bobbin, needsBobbin } = require('./bobbin');

const { Int64Scalar = needsBobbin, encodeInt32ArrayAsInt64 = needsBobbin } =
  bobbin?.int64Tensors ?? {};

module.exports = { Int64Scalar, encodeInt32ArrayAsInt64 };
