# For a checkout. An installed package has none, so that no package manager takes it for a reason to build.
{
  "includes": ["src-native/addon.gypi"],
  "target_defaults": {
    "include_dirs": ["<!(node -p \"require('node-addon-api').include_dir\")"]
  }
}
