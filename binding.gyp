{
  "targets": [{
    "target_name": "bobbin",
    "type": "none",
    "actions": [{
      "action_name": "cmake_js",
      "inputs": ["CMakeLists.txt"],
      "outputs": ["native-build/Release/bobbin.node"],
      "action": ["node", "scripts/build-native.mjs"]
    }]
  }]
}
