using System.Runtime.Versioning;

// as host/daemon says of itself; what is tested here runs nowhere else
[assembly: SupportedOSPlatform("linux")]
