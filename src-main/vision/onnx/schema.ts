/**
 * The ONNX file format (onnx.proto, ONNX IR 10, field numbers as published). It is complete but for training and
 * quantisation annotations of whole models, because protobufjs drops what it does not know. It is a string so that
 * it survives bundling.
 */
import protobuf from 'protobufjs';

const definition = `
syntax = "proto3";
message Attribute {
  string name = 1; float f = 2; int64 i = 3; bytes s = 4; Tensor t = 5; Graph g = 6;
  repeated float floats = 7; repeated int64 ints = 8; repeated bytes strings = 9;
  repeated Tensor tensors = 10; repeated Graph graphs = 11; string doc_string = 13; Type tp = 14;
  repeated Type type_protos = 15; int32 type = 20; string ref_attr_name = 21; SparseTensor sparse_tensor = 22;
  repeated SparseTensor sparse_tensors = 23;
}
message ValueInfo { string name = 1; Type type = 2; string doc_string = 3; repeated Entry metadata_props = 4; }
message Node {
  repeated string input = 1; repeated string output = 2; string name = 3; string op_type = 4;
  repeated Attribute attribute = 5; string doc_string = 6; string domain = 7; string overload = 8;
  repeated Entry metadata_props = 9;
}
message Entry { string key = 1; string value = 2; }
message Model {
  int64 ir_version = 1; string producer_name = 2; string producer_version = 3; string domain = 4;
  int64 model_version = 5; string doc_string = 6; Graph graph = 7; repeated OperatorSet opset_import = 8;
  repeated Entry metadata_props = 14; repeated Function functions = 25;
}
message Annotation { string tensor_name = 1; repeated Entry quant_parameter_tensor_names = 2; }
message Graph {
  repeated Node node = 1; string name = 2; repeated Tensor initializer = 5; string doc_string = 10;
  repeated ValueInfo input = 11; repeated ValueInfo output = 12; repeated ValueInfo value_info = 13;
  repeated Annotation quantization_annotation = 14; repeated SparseTensor sparse_initializer = 15;
  repeated Entry metadata_props = 16;
}
message Segment { int64 begin = 1; int64 end = 2; }
message Tensor {
  repeated int64 dims = 1; int32 data_type = 2; Segment segment = 3; repeated float float_data = 4;
  repeated int32 int32_data = 5; repeated bytes string_data = 6; repeated int64 int64_data = 7; string name = 8;
  bytes raw_data = 9; repeated double double_data = 10; repeated uint64 uint64_data = 11; string doc_string = 12;
  repeated Entry external_data = 13; int32 data_location = 14; repeated Entry metadata_props = 16;
}
message SparseTensor { Tensor values = 1; Tensor indices = 2; repeated int64 dims = 3; }
message Shape {
  message Dimension { oneof value { int64 dim_value = 1; string dim_param = 2; } string denotation = 3; }
  repeated Dimension dim = 1;
}
message Type {
  message TensorType { int32 elem_type = 1; Shape shape = 2; }
  message SequenceType { Type elem_type = 1; }
  message MapType { int32 key_type = 1; Type value_type = 2; }
  oneof value {
    TensorType tensor_type = 1; SequenceType sequence_type = 4; MapType map_type = 5;
    TensorType sparse_tensor_type = 8; SequenceType optional_type = 9;
  }
  string denotation = 6;
}
message OperatorSet { string domain = 1; int64 version = 2; }
message Function {
  string name = 1; repeated string input = 4; repeated string output = 5; repeated string attribute = 6;
  repeated Node node = 7; string doc_string = 8; repeated OperatorSet opset_import = 9; string domain = 10;
  repeated Attribute attribute_proto = 11; repeated ValueInfo value_info = 12; string overload = 13;
  repeated Entry metadata_props = 14;
}
`;

/** The message that an ONNX file is. */
export const modelMessage = protobuf.parse(definition, { keepCase: true }).root.lookupType('Model');

/** A 64-bit number: plain where the project writes it, an object where protobufjs read it. */
export type Integer = number | { toString(): string };

export interface Tensor {
  name?: string;
  dims: Integer[];
  data_type: number;
  raw_data?: Uint8Array;
  float_data?: number[];
  external_data?: { key: string; value: string }[];
  data_location?: number;
}

export interface Attribute {
  name: string;
  type: number;
  f?: number;
  i?: Integer;
  s?: Uint8Array;
  t?: Tensor;
  ints?: Integer[];
  g?: Graph;
  graphs?: Graph[];
}

export interface Node {
  input: string[];
  output: string[];
  name?: string;
  op_type: string;
  domain?: string;
  attribute: Attribute[];
}

export interface ValueInfo {
  name: string;
  type?: {
    tensor_type?: {
      elem_type: number;
      shape?: { dim: { dim_value?: Integer; dim_param?: string }[] };
    };
  };
}

export interface Graph {
  name?: string;
  node: Node[];
  initializer: Tensor[];
  sparse_initializer?: { values?: { name?: string } }[];
  input: ValueInfo[];
  output: ValueInfo[];
  value_info?: ValueInfo[];
}

export interface Model {
  ir_version: Integer;
  producer_name?: string;
  doc_string?: string;
  graph: Graph;
  opset_import: { domain?: string; version: Integer }[];
  metadata_props?: { key: string; value: string }[];
}
