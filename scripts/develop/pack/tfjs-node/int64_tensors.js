/** Bobbin's copy of tfjs-node's int64 tensors: the class by which the active backend knows them. */

const { bobbin } = require('./bobbin');

const { Int64Scalar, encodeInt32ArrayAsInt64 } = bobbin?.int64Tensors ?? {};

module.exports = { Int64Scalar, encodeInt32ArrayAsInt64 };
