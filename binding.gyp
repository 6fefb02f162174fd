{
  "targets": [{
    "target_name": "bobbin",
    "type": "none",
    "actions": [{
      "action_name": "setup",
      "inputs": ["CMakeLists.txt"],
      "outputs": ["native-build/Release/bobbin.node"],
      "action": ["node", "scripts/setup.mjs"]
    }]
  }]
}
