using System.Runtime.Versioning;
using IpvlanActors.Cni;
using Microsoft.Win32.SafeHandles;

[assembly: SupportedOSPlatform("linux")]

// Not the console's streams: those would start a thread for signals, and look at the terminal that is not there.
using var input = new FileStream(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read, bufferSize: 0);
using var output = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
return Plugin.Run(new Surroundings(input, output, Environment.GetEnvironmentVariable));
