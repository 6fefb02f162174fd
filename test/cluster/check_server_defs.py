"""Checks the ServerDefs of test/cluster/server-def.test.ts: TensorFlow's Python must read the messages that are meant.

    pip install tensorflow-cpu==2.21.0 && python check_server_defs.py

The bytes themselves cannot be compared, since a map's entries have no order.
"""

import json
import os

from tensorflow.core.protobuf import config_pb2, tensorflow_server_pb2

HERE = os.path.dirname(os.path.abspath(__file__))
LEADER = "/job:worker/replica:0/task:0"


def server_def(workers, index, start_seconds, heartbeat_seconds, config=None):
    server = tensorflow_server_pb2.ServerDef(job_name="worker", task_index=index, protocol="grpc")
    job = server.cluster.job.add(name="worker")
    for task, address in enumerate(workers):
        job.tasks[task] = address
    if config is not None:
        server.default_session_config.CopyFrom(config)
    experimental = server.default_session_config.experimental
    experimental.collective_group_leader = LEADER
    coordination = experimental.coordination_config
    coordination.service_type = "standalone"
    coordination.service_leader = LEADER
    coordination.enable_health_check = True
    coordination.cluster_register_timeout_in_ms = round(start_seconds * 1000)
    coordination.heartbeat_timeout_in_ms = round(heartbeat_seconds * 1000)
    coordination.coordinated_job_list.add(name="worker", num_tasks=len(workers))
    coordination.cluster_register_with_barrier = True
    return server


config = config_pb2.ConfigProto(allow_soft_placement=True, intra_op_parallelism_threads=2)
cases = {
    "two": server_def(["127.0.0.1:7000", "127.0.0.1:7001"], 0, 300, 30),
    "second": server_def(["a.example:7000", "[fd00::2]:65535"], 1, 2.5, 1),
    "many": server_def([f"node{i}:15000" for i in range(12)], 11, 60, 3600, config),
}
with open(os.path.join(HERE, "fixtures", "server-defs.json")) as file:
    written = json.load(file)
assert sorted(written) == sorted(cases), sorted(written)
for name, meant in cases.items():
    read = tensorflow_server_pb2.ServerDef.FromString(bytes.fromhex(written[name]))
    assert read == meant, f"{name}: {read}"
print(f"TensorFlow reads {len(cases)} ServerDefs as they are meant")
