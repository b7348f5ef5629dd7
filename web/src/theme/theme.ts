import { createTheme, type MantineColorsTuple } from '@mantine/core';

const signal: MantineColorsTuple = ['#e3fbf8', '#cdf3ee', '#9ee7de', '#6bd9cd', '#45cebf', '#2cc6b5', '#14a898', '#0d8579', '#07695f', '#004d45'];

// Mantine's grey of the dark theme, a little towards the signal colour.
const dark: MantineColorsTuple = ['#dfe5e7', '#b8c2c6', '#9aa7ad', '#77858b', '#3b464b', '#2e373b', '#182023', '#111618', '#0d1113', '#090c0d'];

// Dark by default; controls are 44 px high, for fingers.
export const theme = createTheme({
  primaryColor: 'signal',
  colors: { signal, dark },
  primaryShade: { light: 8, dark: 7 },
  fontFamily: 'Inter, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif',
  defaultRadius: 'md',
  cursorType: 'pointer',
  components: {
    Button: { defaultProps: { size: 'md', h: 44 } },
    ActionIcon: { defaultProps: { size: 44, variant: 'subtle' } },
    TextInput: { defaultProps: { size: 'md' } },
    Textarea: { defaultProps: { size: 'md' } },
    NativeSelect: { defaultProps: { size: 'md' } },
    Modal: { defaultProps: { centered: true, transitionProps: { duration: 0 } } },
    Menu: { defaultProps: { transitionProps: { duration: 0 }, withinPortal: true } },
  },
});
